//! accepts
