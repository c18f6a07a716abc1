//! Where commands read from and write to, and the heredocs that they read.

use super::Redirect;
use super::reader::Reader;
use super::word::ScriptWord;

impl Reader<'_> {
    /// A redirection that begins here.
    pub(super) fn redirect(&mut self, command: usize) -> Option<Redirect> {
        let rest = &self.text[self.at..];
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let sign = &rest[digits..];
        let operators = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        let operator = operators.into_iter().find(|operator| sign.starts_with(operator))?;
        let process = (operator == "<" || operator == ">") && sign[1..].starts_with('(');
        if process || (digits > 0 && operator.starts_with('&')) {
            return None;
        }
        let operator_text = rest[..digits + operator.len()].to_owned();
        self.at += operator_text.len();
        self.blanks();
        let target = self.word();
        if matches!(operator, "<<" | "<<-") {
            self.heredocs.push((target.text(), !target.quoted, command));
        }
        Some(Redirect { operator: operator_text, target })
    }

    /// After a line: the bodies of the heredocs that it opened.
    pub(super) fn bodies(&mut self) {
        for (name, expands, command) in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut end = self.text.len();
            while self.at < self.text.len() {
                let line = self.at;
                let length = self.text[line..].find('\n').map_or(self.text.len() - line, |end| end + 1);
                self.at = line + length;
                if self.text[line..self.at].trim_start_matches('\t').trim_end() == name {
                    end = line;
                    break;
                }
            }
            if expands {
                let (after, text) = (self.at, self.text);
                let outer = self.inside.replace(command);
                (self.at, self.text) = (start, &text[..end]);
                self.nested(|reader| reader.double_quoted(&mut ScriptWord::default(), None));
                (self.at, self.text, self.inside) = (after, text, outer);
            }
        }
    }
}
