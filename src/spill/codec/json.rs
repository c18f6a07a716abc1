//! JSON values: numbers as they are written, members in their order.

use serde_json::{Map, Number, Value};

use super::{Coded, Cursor, put_bytes};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const STRING: u8 = 4;
const ARRAY: u8 = 5;
const OBJECT: u8 = 6;

impl Coded for Value {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.push(NULL),
            Value::Bool(false) => out.push(FALSE),
            Value::Bool(true) => out.push(TRUE),
            Value::Number(number) => {
                out.push(NUMBER);
                put_bytes(number.as_str().as_bytes(), out);
            }
            Value::String(text) => {
                out.push(STRING);
                text.put(out);
            }
            Value::Array(elements) => {
                out.push(ARRAY);
                elements.put(out);
            }
            Value::Object(members) => {
                out.push(OBJECT);
                members.len().put(out);
                for (key, value) in members {
                    key.put(out);
                    value.put(out);
                }
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            NUMBER => Value::Number(from.text()?.parse::<Number>().ok()?),
            STRING => Value::String(String::take(from)?),
            ARRAY => Value::Array(Vec::take(from)?),
            OBJECT => {
                let length = usize::take(from)?;
                let members = (0..length).map(|_| <(String, Value)>::take(from));
                Value::Object(members.collect::<Option<Map<String, Value>>>()?)
            }
            _ => return None,
        })
    }
}
