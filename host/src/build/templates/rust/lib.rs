//! Tasks that count words: one document, many at once, and which is the longest.

use flyte_guest::{TaskError, record, task};

/// What is counted.
#[record]
#[derive(Debug, Clone)]
pub struct Document {
    pub title: String,
    pub text: String,
    /// Words that are shorter do not count.
    #[record(default = 1)]
    pub shortest: u32,
}

/// What came of a document.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Count {
    pub title: String,
    pub words: u64,
}

/// Counts the words of a document.
#[task(retries = 2)]
pub async fn count_words(document: Document) -> Count {
    let Document { title, text, shortest } = document;
    let words = text.split_whitespace().filter(|word| word.chars().count() >= shortest as usize).count();
    Count { title, words: words as u64 }
}

/// The count with the most words.
#[task]
pub async fn longest(counts: Vec<Count>) -> Result<Count, TaskError> {
    let longest = counts.into_iter().max_by_key(|count| count.words);
    longest.ok_or_else(|| TaskError::permanent("there are no documents"))
}

/// Counts all documents at once, and says which is the longest.
#[task]
pub async fn survey(documents: Vec<Document>) -> Result<String, TaskError> {
    // A child for each document, each in a sandbox of its own.
    let counts = count_words::map(documents).await?;
    // A child too; `longest(counts)` would be a plain call.
    let Count { title, words } = longest::invoke(counts).await?;
    Ok(format!("{title} is the longest, with {words} words"))
}

flyte_guest::export!(environment = "{{name}}", tasks = [count_words, longest, survey]);

#[cfg(test)]
mod tests {
    use flyte_guest::testing::block_on;

    use super::*;

    #[test]
    fn the_longest_document_is_found() {
        let document =
            |title: &str, text: &str| Document { title: title.to_owned(), text: text.to_owned(), shortest: 1 };
        let text = block_on(survey(vec![document("a", "one"), document("b", "one two")])).unwrap();
        assert_eq!(text, "b is the longest, with 2 words");
    }
}
