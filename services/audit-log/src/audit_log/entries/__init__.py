"""Reading the record: filters, pages, and who may see what."""
