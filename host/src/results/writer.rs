//! The thread that writes results.

use std::collections::HashMap;

use crate::history::HistoryError;
use crate::results::database::Database;
use crate::results::inbox::{Inbox, Note};
use crate::results::place::Place;
use crate::run::CacheKey;

/// Writes until there is nothing more to come, or it can't.
pub(super) fn work(place: &Place, inbox: &Inbox) {
    if let Err(error) = write(place, inbox) {
        place.give_up(&error);
    }
    inbox.leave();
}

fn write(place: &Place, inbox: &Inbox) -> Result<(), HistoryError> {
    let mut database: Option<Database> = None;
    while let Some(notes) = inbox.take() {
        // What was claimed is given up with the notes, once others can see it.
        match write_all(place, &mut database, &notes) {
            // There will be some again.
            Err(error) if error.is_short_of_files() => place.lose(&error),
            written => written?,
        }
    }
    Ok(())
}

fn write_all(
    place: &Place,
    database: &mut Option<Database>,
    notes: &HashMap<CacheKey, Note>,
) -> Result<(), HistoryError> {
    let open = match database {
        Some(open) => open,
        none => none.insert(place.open_to_write()?),
    };
    open.write(notes, place.max_size()).map_err(|error| place.failed_in(error))
}
