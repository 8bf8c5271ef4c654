//! The first component of the pipeline: from text to readings.

use flyte_guest::{TaskError, record, task};

/// One measurement of a station.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub station: String,
    pub fahrenheit: f64,
}

/// Reads lines of `station,fahrenheit`; empty lines are skipped.
#[task]
pub fn parse(text: String) -> Result<Vec<Reading>, TaskError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| parse_line(line).map_err(|why| bad_line(index + 1, &why))).collect()
}

fn parse_line(line: &str) -> Result<Reading, String> {
    let (station, value) = line.split_once(',').ok_or("no comma")?;
    let fahrenheit = value.trim().parse().map_err(|e| format!("`{}`: {e}", value.trim()))?;
    Ok(Reading { station: station.trim().to_owned(), fahrenheit })
}

/// The same text would fail again, so the error is permanent: no retry.
fn bad_line(number: usize, why: &str) -> TaskError {
    TaskError::permanent(format!("line {number}: {why}"))
}

/// Converts a reading to degrees Celsius.
#[task(cache = "auto")]
pub fn celsius(reading: Reading) -> f64 {
    (reading.fahrenheit - 32.0) / 1.8
}

flyte_guest::export!(environment = "readings", tasks = [parse, celsius]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_readings() {
        let readings = parse("oslo, 14\n\nnairobi,77.5\n".to_owned()).unwrap();
        assert_eq!(readings[1], Reading { station: "nairobi".to_owned(), fahrenheit: 77.5 });
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse("oslo,14\nnairobi,warm".to_owned()).unwrap_err();
        assert_eq!(error.message(), "line 2: `warm`: invalid float literal");
        assert!(!error.is_recoverable());
    }
}
