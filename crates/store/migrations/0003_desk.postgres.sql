
-- What begins with some letters lies together only where letters are compared as bytes.
create index word_beginning on word (practice, word collate "C", about);
