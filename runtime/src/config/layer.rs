//! One layer of settings: what it sets, and where exactly each value stands.
//!
//! A layer is a figment provider, so that figment merges layers by precedence and says which one won;
//! the origin then comes from the layer itself. Layers hold values as written: the registry's kinds parse them later.

mod file;
mod flags;
mod folder;
mod variables;

use std::collections::BTreeMap;

use figment::value::{Dict, Map, Tag, Value as Raw};
use figment::{Metadata, Profile, Provider};

use super::origin::Origin;
use super::registry::Registry;
use super::sections::Environment;

pub(crate) use file::read_file;
pub(crate) use flags::{ENVIRONMENT_KEY, read_flags};
pub(crate) use folder::read_folder;
pub(crate) use variables::{CONFIG_DIR_VARIABLE, ENVIRONMENT_VARIABLE, read_variables};

/// The name of the layer between the files and the variables.
pub(crate) const KEY_VAULT_LAYER: &str = "Key Vault";

/// A layer, by its name. No `Debug`: values may be secrets.
#[derive(Clone)]
pub(crate) struct Layer {
    /// Unique among the layers of one load.
    pub(crate) name: String,
    /// By dotted key; known keys only.
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// What a layer sets a key to.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) raw: Raw,
    pub(crate) origin: Origin,
}

impl Layer {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            entries: BTreeMap::new(),
        }
    }

    /// The lowest layer: what the registry declares.
    pub(crate) fn defaults(registry: &Registry, environment: Environment) -> Self {
        let mut layer = Self::new("built-in defaults");
        for key in registry.keys() {
            if let Some(text) = key.default_text(environment) {
                layer.set(&key.name, Raw::from(text), Origin::Default);
            }
        }
        layer
    }

    pub(crate) fn set(&mut self, key: &str, raw: Raw, origin: Origin) {
        let raw = replaceable(raw);
        self.entries.insert(key.to_owned(), Entry { raw, origin });
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        let mut dict = Dict::new();
        for (key, entry) in &self.entries {
            let path: Vec<&str> = key.split('.').collect();
            insert(&mut dict, &path, entry.raw.clone());
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// Turns a table into a list of pairs. figment would join the tables of two layers, but a higher layer that sets
/// `auth.roles` must replace the lower one whole, or a mapping that was taken out would stay in force.
fn replaceable(raw: Raw) -> Raw {
    match raw {
        Raw::Dict(tag, dict) => {
            let pairs = dict
                .into_iter()
                .map(|(key, value)| Raw::Array(tag, vec![Raw::from(key), value]))
                .collect();
            Raw::Array(tag, pairs)
        }
        Raw::String(..)
        | Raw::Char(..)
        | Raw::Bool(..)
        | Raw::Num(..)
        | Raw::Empty(..)
        | Raw::Array(..) => raw,
    }
}

fn insert(dict: &mut Dict, path: &[&str], raw: Raw) {
    match path {
        [] => {}
        [field] => {
            dict.insert((*field).to_owned(), raw);
        }
        [section, rest @ ..] => {
            let inner = dict
                .entry((*section).to_owned())
                .or_insert_with(|| Raw::Dict(Tag::Default, Dict::new()));
            if let Raw::Dict(_, inner) = inner {
                insert(inner, rest, raw);
            }
        }
    }
}
