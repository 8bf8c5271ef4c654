//! The types of WIT whose values have JSON.

use crate::component::typed::schema;

/// A type of WIT whose values have JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WitType {
    Bool,
    Int(IntType),
    F32,
    F64,
    Char,
    String,
    /// `list<u8>`.
    Bytes,
    List(Box<WitType>),
    Map(Box<WitType>, Box<WitType>),
    Record(Vec<Field>),
    Tuple(Vec<WitType>),
    Variant(Vec<Case>),
    Enum(Vec<String>),
    Flags(Vec<String>),
    Option(Box<WitType>),
    Result(Option<Box<WitType>>, Option<Box<WitType>>),
}

/// The integers of WIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntType {
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// As WIT has it.
    pub(crate) label: String,
    /// As JSON has it.
    pub(crate) name: String,
    pub(crate) ty: WitType,
}

/// A case of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) payload: Option<WitType>,
}

impl IntType {
    /// The `format` that tells its range in a schema.
    pub(super) fn format(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::S8 => "int8",
            Self::S16 => "int16",
            Self::S32 => "int32",
            Self::S64 => "int64",
        }
    }
}

impl WitType {
    /// The schema of its values.
    pub(crate) fn schema(&self) -> String {
        schema::of(self)
    }

    /// Whether there are flags in it: wasmtime counts less for each than it takes.
    pub(crate) fn has_flags(&self) -> bool {
        match self {
            Self::Flags(_) => true,
            Self::List(inner) | Self::Option(inner) => inner.has_flags(),
            Self::Map(key, value) => key.has_flags() || value.has_flags(),
            Self::Record(fields) => fields.iter().any(|field| field.ty.has_flags()),
            Self::Tuple(types) => types.iter().any(Self::has_flags),
            Self::Variant(cases) => cases.iter().filter_map(|case| case.payload.as_ref()).any(Self::has_flags),
            Self::Result(ok, error) => [ok, error].into_iter().flatten().any(|inner| inner.has_flags()),
            _ => false,
        }
    }

    /// Whether `null` is a value of it.
    pub(crate) fn is_nullable(&self) -> bool {
        matches!(self, Self::Option(_))
    }

    /// The cases of a `result` that is a value, as those of a variant.
    pub(super) fn result_cases(ok: Option<&Self>, error: Option<&Self>) -> [Case; 2] {
        [("ok", ok), ("error", error)]
            .map(|(name, payload)| Case { name: name.to_owned(), payload: payload.cloned() })
    }
}
