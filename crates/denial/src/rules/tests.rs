//! Faults of rule files, each with its line; payers and their spellings.
