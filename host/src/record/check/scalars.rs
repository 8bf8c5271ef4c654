//! Numbers, strings and fixed values.

use indexmap::{IndexMap, IndexSet};

use crate::record::check::{Checker, got};
use crate::record::choices::Choices;
use crate::record::cut;
use crate::record::decimal::Decimal;
use crate::record::json::Json;
use crate::record::literal::Number;
use crate::record::path::Trail;
use crate::record::reader::Read;
use crate::record::schema::node::{Id, StringRules};
use crate::record::schema::number::{FAST_DIGITS, NumberFormat, NumberRules};
use crate::record::tree::Tree;
use crate::record::violation::Problem;

impl Checker<'_, '_> {
    pub(super) fn number(&mut self, schema: Id, rules: &NumberRules, trail: Trail<'_>) -> Read<()> {
        let number = self.reader.number()?;
        if number.whole
            && number.text.len() <= FAST_DIGITS
            && let Ok(value) = number.text.parse::<i64>()
            && (rules.fast.0..=rules.fast.1).contains(&value)
        {
            return Ok(());
        }
        if rules.whole && !number.whole {
            self.note(trail, |words| Problem::WrongType {
                expected: words.phrase(schema),
                got: got::shortened(number.text),
            });
        } else if rules.low.is_some() || rules.high.is_some() || rules.multiple.is_some() {
            self.exact_number(rules, number, trail);
        } else if !rules.whole {
            self.float(rules, number, trail);
        }
        Ok(())
    }

    fn exact_number(&mut self, rules: &NumberRules, number: Number<'_>, trail: Trail<'_>) {
        let value = Decimal::parse(number.text);
        if !rules.in_range(&value) {
            let of = rules.format.map(|format| format.name().to_owned());
            self.note(trail, |_| Problem::OutOfRange {
                value: got::shortened(number.text),
                of,
                range: rules.range(),
            });
        } else if let Some((divisor, text)) = &rules.multiple
            && !value.is_multiple_of(divisor)
        {
            let shown = got::shortened(number.text);
            self.note(trail, |_| Problem::Rule(format!("{shown} is not a multiple of {}", cut::name(text))));
        } else if !rules.whole {
            self.float(rules, number, trail);
        }
    }

    /// A number that is to be a float must not overflow; that digits are lost is the nature of floats.
    fn float(&mut self, rules: &NumberRules, number: Number<'_>, trail: Trail<'_>) {
        // So short and without an exponent, it is below 10^38.
        if number.text.len() < 38 && !number.text.contains(['e', 'E']) {
            return;
        }
        // Rust parses whatever JSON allows; beyond the range it gives an infinity.
        let value: f64 = number.text.parse().unwrap_or(f64::INFINITY);
        #[expect(clippy::cast_possible_truncation, reason = "that is how a guest gets its f32")]
        let (overflows, of) = match rules.format {
            Some(NumberFormat::Float) => ((value as f32).is_infinite(), "float"),
            _ => (value.is_infinite(), "double"),
        };
        if overflows {
            let of = Some(of.to_owned());
            self.note(trail, |_| Problem::OutOfRange { value: got::shortened(number.text), of, range: None });
        }
    }

    pub(super) fn string(&mut self, rules: &StringRules, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.at();
        let literal = self.reader.string()?;
        if rules.format.is_some() || rules.length.least > 0 || rules.length.most.is_some() {
            let content = literal.decode();
            let text = self.reader.since(start);
            self.string_rules(rules, &content, text, trail);
        }
        Ok(())
    }

    /// Checks the content of a string or of a key; `text` is how it stands in the input.
    pub(super) fn string_rules(&mut self, rules: &StringRules, content: &str, text: &str, trail: Trail<'_>) {
        if let Some(format) = rules.format.filter(|format| !format.matches(content)) {
            let expected = format.phrase().to_owned();
            self.note(trail, |_| Problem::WrongType { expected, got: got::got(text) });
        }
        // A byte count settles most cases without counting characters.
        let length = rules.length;
        if (length.least > 0 || length.most.is_some_and(|most| content.len() > most))
            && !length.allow(content.chars().count())
        {
            let count = content.chars().count();
            self.note(trail, |_| {
                Problem::Rule(format!("expected {}, got {count}", length.phrase("character", "characters")))
            });
        }
    }

    pub(super) fn name(&mut self, names: &IndexSet<Box<str>>, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.at();
        let content = self.reader.string()?.decode();
        if !names.contains(content.as_ref()) {
            let text = self.reader.since(start);
            self.note(trail, |words| Problem::NotAllowed {
                got: got::got(text),
                allowed: Choices::of(names.iter()),
                nearest: words.nearest(&content, names.iter().map(AsRef::as_ref)),
            });
        }
        Ok(())
    }

    pub(super) fn fixed(&mut self, values: &IndexMap<String, Json>, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.at();
        self.reader.skip(trail)?;
        let text = self.reader.since(start);
        // The text was just read, so taking it apart cannot fail, but for the depth that surrounds it.
        let canonical = Tree::parse(text).map(|tree| tree.canonical());
        if !canonical.is_ok_and(|canonical| values.contains_key(&canonical)) {
            self.note(trail, |_| Problem::NotAllowed {
                got: got::got(text),
                allowed: Choices::of(values.values().map(|value| got::shortened(value.as_str()))),
                nearest: None,
            });
        }
        Ok(())
    }
}
