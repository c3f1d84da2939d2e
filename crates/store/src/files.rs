//! Files taken in, by the hash of their bytes, and documents kept beside the database.

use crate::sql::run;
use crate::{Error, Tx};

/// A file as taken in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRow {
    /// sha-256 of its bytes.
    pub hash: String,
    /// Its name when it came first.
    pub name: String,
    /// How long it is.
    pub bytes: i64,
    /// The transactions in it, with commas.
    pub kinds: String,
    /// `reading` or `taken`.
    pub state: String,
    /// When it came first.
    pub taken_at: String,
    /// Who took it.
    pub taken_by: String,
    /// What became of each transaction, as JSON.
    pub report: String,
}

/// A document of a case, or a file's bytes.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Document {
    /// sha-256 of its bytes, which is its name in the documents folder.
    pub hash: String,
    /// The name it came under.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// How long it is.
    pub bytes: i64,
    /// When it came.
    pub taken_at: String,
    /// Who brought it.
    pub taken_by: String,
}

impl Tx {
    /// A file by its hash.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn file(&mut self, hash: &str) -> Result<Option<FileRow>, Error> {
        let row = run!(
            self,
            optional as FileRow,
            "select hash, name, bytes, kinds, state, taken_at, taken_by, report from file
             where practice = $1 and hash = $2",
            self.practice.as_str(),
            hash
        )?;
        Ok(row)
    }

    /// The newest files.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn files(&mut self, limit: i64) -> Result<Vec<FileRow>, Error> {
        let rows = run!(
            self,
            all as FileRow,
            "select hash, name, bytes, kinds, state, taken_at, taken_by, report from file
             where practice = $1 order by taken_at desc, hash limit $2",
            self.practice.as_str(),
            limit
        )?;
        Ok(rows)
    }

    /// Files whose taking in has not ended, the first first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn files_being_read(&mut self) -> Result<Vec<FileRow>, Error> {
        let rows = run!(
            self,
            all as FileRow,
            "select hash, name, bytes, kinds, state, taken_at, taken_by, report from file
             where practice = $1 and state = 'reading' order by taken_at, hash",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Notes that a file is being read. One that is noted already stays as it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_file(&mut self, file: &FileRow) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into file (practice, hash, name, bytes, kinds, state, taken_at, taken_by, report)
             values ($1, $2, $3, $4, $5, 'reading', $6, $7, $8) on conflict do nothing",
            self.practice.as_str(),
            file.hash.as_str(),
            file.name.as_str(),
            file.bytes,
            file.kinds.as_str(),
            file.taken_at.as_str(),
            file.taken_by.as_str(),
            file.report.as_str()
        )?;
        self.came_again(&file.hash).await
    }

    /// Notes that everything in a file has its place. False where somebody noted it before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn finish_file(
        &mut self,
        hash: &str,
        kinds: &str,
        report: &str,
    ) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update file set state = 'taken', kinds = $1, report = $2
             where practice = $3 and hash = $4 and state = 'reading'",
            kinds,
            report,
            self.practice.as_str(),
            hash
        )?;
        Ok(changed > 0)
    }

    /// Keeps a document's facts; its bytes lie in the documents folder already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_document(&mut self, document: &Document) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into document (practice, hash, name, media, bytes, taken_at, taken_by)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            self.practice.as_str(),
            document.hash.as_str(),
            document.name.as_str(),
            document.media.as_str(),
            document.bytes,
            document.taken_at.as_str(),
            document.taken_by.as_str()
        )?;
        self.came_again(&document.hash).await
    }

    /// Bytes that were taken out are there once more.
    async fn came_again(&mut self, hash: &str) -> Result<(), Error> {
        run!(
            self,
            execute,
            "delete from purged where practice = $1 and hash = $2",
            self.practice.as_str(),
            hash
        )?;
        Ok(())
    }

    /// A document's facts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn document(&mut self, hash: &str) -> Result<Option<Document>, Error> {
        let row = run!(
            self,
            optional as Document,
            "select hash, name, media, bytes, taken_at, taken_by from document
             where practice = $1 and hash = $2",
            self.practice.as_str(),
            hash
        )?;
        Ok(row)
    }

    /// Every document's hash where its bytes are there, for a backup and for `verify`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn document_hashes(&mut self) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select hash, bytes from document where practice = $1 and hash not in
             (select hash from purged where practice = $1) order by hash",
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Hash and length of every file whose bytes lie in the documents folder.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn file_hashes(&mut self) -> Result<Vec<(String, i64)>, Error> {
        let rows = run!(
            self,
            all as (String, i64),
            "select hash, bytes from file where practice = $1 and hash not in
             (select hash from purged where practice = $1) order by hash",
            self.practice.as_str()
        )?;
        Ok(rows)
    }
}
