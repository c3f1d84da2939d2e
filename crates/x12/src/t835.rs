//! A typed view of the health care claim payment (835, 005010X221A1; 4010 is read alike).
