"""Custom fields: what an organization defines, what an entity has, and how both are typed in."""
