-- PostgreSQL alone keeps practices apart by itself; a file of SQLite has one reader, this program.
select 1;
