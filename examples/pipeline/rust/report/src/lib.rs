//! The second component of the pipeline: from readings to a report. It converts each reading with a task of the
//! first component, which it knows by name and types only.

use flyte_guest::{TaskError, map, record, task};

/// One measurement of a station.
#[record]
#[derive(Debug, Clone)]
pub struct Reading {
    pub station: String,
    pub fahrenheit: f64,
}

/// What the readings say together.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The station with the highest reading; none without readings.
    pub warmest: Option<String>,
    /// The mean, in degrees Celsius.
    pub mean: f64,
    pub readings: u64,
}

/// The other component's task. Only its `invoke` exists here.
#[task(external, environment = "readings")]
async fn celsius(reading: Reading) -> f64;

/// Sums up readings, converting at most eight at a time.
#[task]
pub async fn summarize(readings: Vec<Reading>) -> Result<Report, TaskError> {
    let degrees = map(readings.clone(), 8, celsius::invoke).await?;
    let warmest = degrees.iter().zip(&readings).max_by(|a, b| a.0.total_cmp(b.0));
    Ok(Report {
        warmest: warmest.map(|(_, reading)| reading.station.clone()),
        mean: if degrees.is_empty() { 0.0 } else { degrees.iter().sum::<f64>() / degrees.len() as f64 },
        readings: degrees.len() as u64,
    })
}

flyte_guest::export!(environment = "report", tasks = [summarize]);

#[cfg(test)]
mod tests {
    use flyte_guest::testing::{block_on, stand_in};

    use super::*;

    #[record]
    struct CelsiusInputs {
        reading: Reading,
    }

    #[test]
    fn readings_are_summed_up() {
        // Here the other component's task is out of reach: a closure stands in for it.
        let _celsius = stand_in("readings.celsius", |inputs: CelsiusInputs| inputs.reading.fahrenheit / 2.0);
        let reading = |station: &str, fahrenheit| Reading { station: station.to_owned(), fahrenheit };
        let report = block_on(summarize(vec![reading("oslo", 10.0), reading("lima", 30.0)])).unwrap();
        assert_eq!(report, Report { warmest: Some("lima".to_owned()), mean: 10.0, readings: 2 });
    }

    #[test]
    fn no_readings_have_no_warmest() {
        assert_eq!(block_on(summarize(Vec::new())).unwrap().warmest, None);
    }
}
