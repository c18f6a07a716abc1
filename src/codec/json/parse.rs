//! The parser: one pass over the bytes, depth and number of values bounded.

use super::{DocumentError, Member, Node, NodeKind};
use crate::finding::{BadJson, BadSyntax};
use crate::limits::Limits;

type Result<T> = std::result::Result<T, DocumentError>;

/// Parses a whole document: one value with white space around it.
pub(super) fn parse(raw: &[u8], limits: &Limits) -> Result<Node> {
    if raw.len() as u64 > limits.document_bytes {
        return Err(DocumentError::limit(BadJson::Bytes(raw.len(), limits.document_bytes)));
    }
    let text = std::str::from_utf8(raw).map_err(|error| malformed(error.valid_up_to(), BadSyntax::Utf8))?;
    let mut parser = Parser { text, bytes: raw, at: 0, values: 0, limits };
    parser.skip_space();
    let root = parser.value(0)?;
    parser.skip_space();
    if parser.at < raw.len() {
        return Err(malformed(parser.at, BadSyntax::End));
    }
    Ok(root)
}

pub(super) fn malformed(at: usize, problem: BadSyntax) -> DocumentError {
    DocumentError::malformed(BadJson::At { at, problem })
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    limits: &'a Limits,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Node> {
        self.values += 1;
        if self.values > self.limits.document_nodes {
            return Err(DocumentError::limit(BadJson::Values(self.limits.document_nodes)));
        }
        if depth > self.limits.document_depth {
            return Err(DocumentError::limit(BadJson::Depth(self.at, self.limits.document_depth)));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => NodeKind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'n') => self.word("null", NodeKind::Null)?,
            Some(b't') => self.word("true", NodeKind::Bool(true))?,
            Some(b'f') => self.word("false", NodeKind::Bool(false))?,
            _ => return Err(malformed(start, BadSyntax::Value)),
        };
        Ok(Node { span: (start, self.at), kind })
    }

    fn word(&mut self, word: &str, kind: NodeKind) -> Result<NodeKind> {
        if !self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return Err(malformed(self.at, BadSyntax::Value));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind> {
        let mut elements = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.eat(b']') {
            return Ok(NodeKind::Array(elements));
        }
        loop {
            self.skip_space();
            elements.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                elements.shrink_to_fit();
                return Ok(NodeKind::Array(elements));
            }
            if !self.eat(b',') {
                return Err(malformed(self.at, BadSyntax::Array));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.eat(b'}') {
            return Ok(NodeKind::Object(members));
        }
        loop {
            self.skip_space();
            members.push(self.member(depth)?);
            self.skip_space();
            if self.eat(b'}') {
                refuse_duplicates(&members)?;
                // Most objects are small, and a growing list has room for four: a document may hold a million of them.
                members.shrink_to_fit();
                return Ok(NodeKind::Object(members));
            }
            if !self.eat(b',') {
                return Err(malformed(self.at, BadSyntax::Object));
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(malformed(start, BadSyntax::Key));
        }
        let key = self.string()?;
        let key_span = (start, self.at);
        self.skip_space();
        if !self.eat(b':') {
            return Err(malformed(self.at, BadSyntax::Colon));
        }
        self.skip_space();
        Ok(Member { key, key_span, value: self.value(depth + 1)? })
    }

    fn number(&mut self) -> Result<NodeKind> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') && self.digits() == 0 {
            return Err(malformed(start, BadSyntax::Number));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(malformed(start, BadSyntax::NumberFraction));
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            let _ = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                return Err(malformed(start, BadSyntax::NumberExponent));
            }
        }
        Ok(NodeKind::Number(self.slice(start, self.at).into()))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<Box<str>> {
        let start = self.at;
        let mut decoded = String::new();
        self.at += 1;
        loop {
            let run = self.at;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            decoded.push_str(self.slice(run, self.at));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(decoded.into_boxed_str());
                }
                Some(b'\\') => decoded.push(self.escape()?),
                Some(_) => return Err(malformed(self.at, BadSyntax::StringControl)),
                None => return Err(malformed(start, BadSyntax::StringEnd)),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        let letter = self.bytes.get(start + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => return Err(malformed(start, BadSyntax::Escape)),
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char> {
        let first = self.unit(start)?;
        let code = match first {
            0xd800..=0xdbff => {
                if !(self.eat(b'\\') && self.eat(b'u')) {
                    return Err(malformed(start, BadSyntax::EscapeSurrogate));
                }
                match self.unit(start)? {
                    second @ 0xdc00..=0xdfff => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => return Err(malformed(start, BadSyntax::EscapeSurrogate)),
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| malformed(start, BadSyntax::EscapeSurrogate))
    }

    fn unit(&mut self, start: usize) -> Result<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        self.at += 4;
        if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(malformed(start, BadSyntax::EscapeDigits));
        }
        Ok(digits.iter().fold(0, |code, digit| code << 4 | char::from(*digit).to_digit(16).unwrap_or(0)))
    }
}

fn refuse_duplicates(members: &[Member]) -> Result<()> {
    let mut keys: Vec<_> = members.iter().map(|member| (&*member.key, member.key_span.0)).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair.first().map(|key| key.0) == pair.last().map(|key| key.0)) {
        Some(pair) => {
            let at = pair.last().map_or(0, |key| key.1);
            Err(malformed(at, BadSyntax::KeyRepeated))
        }
        None => Ok(()),
    }
}
