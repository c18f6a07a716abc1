//! The JSON Schema of our predicate, with the statement around it.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::predicate::Comparison;
use super::statement::Statement;

/// The schema, JSON Schema 2020-12.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.root_schema_for::<Statement<Comparison>>();
    schema.insert("title".to_owned(), "Image comparison, version 0.1".into());
    schema.to_value()
}
