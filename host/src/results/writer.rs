//! The thread that writes results.

use crate::history::HistoryError;
use crate::results::database::Database;
use crate::results::inbox::Inbox;
use crate::results::place::Place;

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
        let open = match &mut database {
            Some(open) => open,
            none => none.insert(place.open_to_write()?),
        };
        // What was claimed is given up with the notes, once others can see it.
        open.write(&notes, place.max_size()).map_err(|error| place.failed_in(error))?;
    }
    Ok(())
}
