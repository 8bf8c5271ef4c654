//! Hostile guests. Each attack has its test, which says what stops it; after each, the same process runs the example
//! as ever and has its memory back.
//!
//! The guests are in `tests/guests/hostile`: tasks in Rust, and components as text where the contract itself is broken.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
mod attack;
mod frame;
mod house;
mod resident;
mod seen;

mod abi;
mod bytes;
mod children;
mod components;
mod computing;
mod describing;
mod ends;
mod floods;
mod memory;
mod poisoned;

mod reach;
mod table;
mod thieves;
mod together;
mod typed;
mod waiting;

use self::abi::*;
use self::bytes::*;
use self::children::*;
use self::components::*;
use self::computing::*;
use self::describing::*;
use self::ends::*;
use self::floods::*;
use self::memory::*;
use self::poisoned::*;

use self::reach::*;
use self::thieves::*;
use self::typed::*;
use self::waiting::*;

/// An attack without a test of its name here is one that nothing stops, and does not compile.
macro_rules! list_attacks {
    ($($attack:ident)*) => {
        /// Those of `tests/guests/hostile`, and those that are made of a component's bytes, or of its code's.
        static ATTACKS: &[&attack::Attack] = &[
            $(&$attack::ATTACK,)*
            &truncated_components::ATTACK,
            &flipped_bits::ATTACK,
            &no_component_at_all::ATTACK,
            &flipped_bits_in_compiled_code::ATTACK,
            &truncated_compiled_code::ATTACK,
            &swapped_compiled_code::ATTACK,
            &planted_in_the_cache::ATTACK,
        ];
    };
}
flyte_host_artifacts::foreach_attack!(list_attacks);
