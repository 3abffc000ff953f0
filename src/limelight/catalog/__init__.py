"""Users, titles and events: schema, import, export and store."""
