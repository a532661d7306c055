/* Dates in words beside date fields, as they are typed. The server writes the same words on load.
   data-date-words="end"  the field is an exclusive end: its last billed day is the day before;
                          data-date-label says what that day is, if not the last billed one
   data-date-words="day"  the day itself, with its weekday */
(function () {
  "use strict";
  const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const plain = (day) => day.getUTCDate() + " " + MONTHS[day.getUTCMonth()] + " " + day.getUTCFullYear();

  function words(kind, value, label) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return "";
    const day = new Date(value + "T00:00:00Z");
    if (isNaN(day)) return "";
    if (kind !== "end") return DAYS[day.getUTCDay()] + ", " + plain(day);
    day.setUTCDate(day.getUTCDate() - 1);
    return (label || "Last billed day") + ": " + plain(day);
  }
  document.addEventListener("input", function (event) {
    const field = event.target, kind = field.dataset && field.dataset.dateWords;
    const place = kind && document.getElementById(field.id + "_words");
    if (place) place.textContent = words(kind, field.value, field.dataset.dateLabel);
  });
})();
