//! The JSON Schema of the report.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Report;

/// The schema, JSON Schema 2020-12.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.root_schema_for::<Report>();
    schema.insert("title".to_owned(), "Report of reprove, version 1".into());
    schema.to_value()
}
