//! The field of claim denials.
