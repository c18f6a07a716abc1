//! The part of the table that is of pages and user interfaces.

use super::keys::{components, ends};
use super::{MILLISECOND, Rule, Takes};
use crate::image::path::{file_name, parent};

pub(super) const PAGES: &[Rule] = &[
    // `JspCompilationContext` of Tomcat, `Compiler.isOutDated`. Files of any ending may be pages: `web.xml` says which are.
    Rule {
        program: "Tomcat",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, PAGE).iter().map(|_| java_identifier(file_name(path))).collect(),
        cache: |path| {
            let stem = file_name(path).strip_suffix(b".class").filter(|_| is_of_jasper(path))?;
            Some(stem.split(|byte| *byte == b'$').next().unwrap_or_default().to_vec())
        },
        named: None,
    },
    // `_jspx_dependants` in the class of a page: the times of what it includes, and of the libraries of its tags.
    Rule {
        program: "Tomcat",
        takes: Takes::Recorded,
        source: |path| ends(path, INCLUDED).iter().map(|_| Vec::new()).collect(),
        cache: |path| (path.ends_with(b".class") && is_of_jasper(path)).then(Vec::new),
        named: None,
    },
    // `ExpandWar.expand` of Tomcat: a web application that somebody changed where it was unpacked is unpacked anew.
    Rule {
        program: "Tomcat",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, &[".war"]),
        cache: |path| path.strip_suffix(b"/META-INF/war-tracker").map(<[u8]>::to_vec),
        named: None,
    },
    // `sourceTimeStamp` (qv4compileddata.cpp): beside the source, ...
    Rule {
        program: "Qt",
        takes: Takes::Recorded,
        source: |path| ends(path, QML).iter().map(|_| path.to_vec()).collect(),
        cache: |path| path.strip_suffix(b"c").filter(|source| !ends(source, QML).is_empty()).map(<[u8]>::to_vec),
        named: None,
    },
    // ... and in a directory of the user's (`localCacheFilePath`): the name is a hash of the source's path.
    Rule {
        program: "Qt",
        takes: Takes::Recorded,
        source: |path| ends(path, QML).iter().map(|_| Vec::new()).collect(),
        cache: |path| {
            let is_of_source = path.strip_suffix(b"c").is_some_and(|source| !ends(source, QML).is_empty());
            (is_of_source && file_name(parent(path)) == b"qmlcache").then(Vec::new)
        },
        named: None,
    },
];

/// Endings of pages: those of JSP, and of what is often made one.
const PAGE: &[&str] = &[".jsp", ".jspx", ".jspf", ".tag", ".tagx", ".html", ".htm", ".xhtml"];

/// Endings of what is made to be included in pages.
const INCLUDED: &[&str] = &[".jspf", ".tag", ".tagx", ".tld"];

const QML: &[&str] = &[".qml", ".js", ".mjs"];

/// Whether a class is of a page: those that are compiled when they are asked for are all in one package.
fn is_of_jasper(path: &[u8]) -> bool {
    let names: Vec<&[u8]> = components(path).collect();
    path.ends_with(b"_jsp.class") || names.windows(3).any(|names| names == [&b"org"[..], b"apache", b"jsp"])
}

/// `my_002dpage_jsp` of `my-page.jsp` (`JspUtil.makeJavaIdentifier`). What is not ASCII is left as it is: there are letters
/// among it.
fn java_identifier(name: &[u8]) -> Vec<u8> {
    let starts = name.first().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'_' | b'$' | 128..));
    let mut identifier = if starts { Vec::new() } else { vec![b'_'] };
    for byte in name {
        match byte {
            b'.' => identifier.push(b'_'),
            b'$' | 128.. => identifier.push(*byte),
            _ if byte.is_ascii_alphanumeric() => identifier.push(*byte),
            _ => identifier.extend(format!("_{byte:04x}").into_bytes()),
        }
    }
    identifier
}
