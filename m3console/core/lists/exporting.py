"""A list as CSV: exactly the rows that are filtered, in their order, streamed."""

import csv
from collections.abc import Callable, Iterator

from django.http import HttpRequest, StreamingHttpResponse

from m3console.core.csv_files.cells import Echo, cell
from m3console.core.lists.columns import Columns
from m3console.core.lists.keyset import Slice, in_chunks

CHUNK = 2_000
# Values of `format`: the columns that are shown, and all that there are.
SHOWN, EVERYTHING = "csv", "csv-all"


def csv_answer(
    request: HttpRequest,
    pages: Callable[..., Slice],
    columns: Columns,
    *,
    name: str,
) -> StreamingHttpResponse:
    """The rows with the columns that are shown, or with all; text cells cannot become formulas."""
    everything = request.GET["format"] == EVERYTHING
    left_out = [] if everything else columns.hidden

    def lines() -> Iterator[str]:
        writer = csv.writer(Echo())
        header = True
        chunks = in_chunks(
            lambda cursor: pages(cursor=cursor, size=CHUNK),
            each=lambda part: columns.fill(part, request, everything=everything),
        )
        for chunk in chunks:
            for number, values in enumerate(chunk.as_values(exclude_columns=left_out)):
                if number or header:
                    yield writer.writerow([cell(value) for value in values])
            header = False

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}s.csv"'
    return answer
