//! The compression envelopes of two layers, below the tar stream.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use crate::codec::compression::{Framing, GzipFraming, GzipHeader, GzipMember, ZstdFrame, ZstdFraming};
use crate::finding::{Aspect, Finding, Location, Range, Side, Sides, UNCOVERED, Value};
use crate::image::layer::LayerEnd;
use crate::limits::Limits;

use super::contents::{self, Costs};

/// Compares the envelopes of two verified layers. Compressed streams themselves are compared only where they hold the
/// same bytes: otherwise they follow from what they hold.
///
/// `sound` says on which side the skippable frames are a table for partial pulls that says what the tar stream says.
pub fn compare(
    base: &Location,
    ends: Sides<&LayerEnd>,
    stored: Sides<u64>,
    sound: Sides<bool>,
    limits: &Limits,
) -> Vec<Finding> {
    let same_content = ends.map(|end| &end.diff_id).same();
    let mut envelope = Envelope { base, findings: Vec::new(), same_content, sound, limits };
    // Layers of one diff ID need not have been scanned, and have the same behind the end of the archive anyway.
    let archives = ends.map(|end| if envelope.same_content { u64::MAX } else { end.trailer.offset });
    match ends.map(|end| &end.framing) {
        Sides { original: Framing::Plain, rebuild: Framing::Plain } => {}
        Sides { original: Framing::Gzip(original), rebuild: Framing::Gzip(rebuild) } => {
            envelope.gzip(Sides::new(original, rebuild), archives);
        }
        Sides { original: Framing::Zstd(original), rebuild: Framing::Zstd(rebuild) } => {
            envelope.zstd(Sides::new(original, rebuild));
        }
        framings => {
            let values = framings.zip(archives).zip(sound).map(|((framing, end), sound)| {
                let mut value = describe(framing, end);
                if sound {
                    value[SOUND] = json!(true);
                }
                Value::Json(value)
            });
            envelope.push("compression", Aspect::Compression, values, stored.original.max(stored.rebuild));
        }
    }
    envelope.findings
}

/// Whether both sides have the same skippable frames in the same places, in envelopes of one format.
pub fn same_tables(ends: Sides<&LayerEnd>) -> bool {
    let frames = ends.map(|end| match &end.framing {
        Framing::Zstd(framing) => skippable(framing),
        Framing::Plain | Framing::Gzip(_) => Vec::new(),
    });
    frames.same()
}

/// A media type that promises another compression than the blob has: clients that go by it cannot read the layer.
pub fn labels(base: &Location, media_types: Sides<&str>, ends: Sides<&LayerEnd>) -> Option<Finding> {
    let wrong = media_types.zip(ends).map(|(media_type, end)| {
        let promised = promised_format(media_type)?;
        let actual = format_name(&end.framing);
        (promised != actual).then(|| json!({ "mediaType": media_type, "compression": actual }))
    });
    let values = wrong.map(|wrong| wrong.map_or(Value::Absent, Value::Json));
    let bytes = media_types.original.len().max(media_types.rebuild.len()) as u64;
    let location = base.clone().with_field("mediaType");
    (!values.same()).then_some(Finding { location, aspect: Aspect::Value, values, bytes })
}

/// The same of a layer that has no counterpart; `promised` is what its media type names.
pub fn mislabelled(base: &Location, side: Side, promised: Option<&'static str>, end: &LayerEnd) -> Option<Finding> {
    let actual = format_name(&end.framing);
    let promised = promised.filter(|promised| *promised != actual)?;
    let mut values = Sides::new(Value::Absent, Value::Absent);
    *values.get_mut(side) = Value::Json(json!({ "promised": promised, "compression": actual }));
    let location = base.clone().with_field("mediaType");
    Some(Finding { location, aspect: Aspect::Value, values, bytes: promised.len() as u64 })
}

/// The compression that a layer media type names (OCI image specification, media-types.md; Docker schema 2); `None` for
/// types that name none.
pub fn promised_format(media_type: &str) -> Option<&'static str> {
    let layer = media_type.contains(".layer.") || media_type.contains(".rootfs.");
    match () {
        () if !layer => None,
        () if media_type.ends_with("+gzip") || media_type.ends_with(".gzip") => Some("gzip"),
        () if media_type.ends_with("+zstd") || media_type.ends_with(".zstd") => Some("zstd"),
        () if media_type.ends_with(".tar") => Some("none"),
        () => None,
    }
}

const fn format_name(framing: &Framing) -> &'static str {
    match framing {
        Framing::Plain => "none",
        Framing::Gzip(_) => "gzip",
        Framing::Zstd(_) => "zstd",
    }
}

struct Envelope<'a> {
    base: &'a Location,
    findings: Vec<Finding>,
    same_content: bool,
    sound: Sides<bool>,
    limits: &'a Limits,
}

/// What marks skippable frames that are a sound table.
const SOUND: &str = "describesLayer";

impl Envelope<'_> {
    fn push(&mut self, field: impl Into<Cow<'static, str>>, aspect: Aspect, values: Sides<Value>, bytes: u64) {
        self.findings.push(Finding { location: self.base.clone().with_field(field), aspect, values, bytes });
    }

    fn gzip(&mut self, framings: Sides<&GzipFraming>, ends: Sides<u64>) {
        let counts = framings.map(|framing| framing.members.len());
        if !counts.same() {
            let values = framings.zip(ends).map(|(framing, end)| Value::Json(members(framing, end)));
            self.push(
                "gzip.members",
                Aspect::Compression,
                values,
                18 * counts.original.abs_diff(counts.rebuild) as u64,
            );
        }
        let common = if counts.same() { counts.original } else { 1 };
        for position in 0..common {
            if let Some(pair) = framings.map(|framing| framing.members.get(position)).both() {
                self.gzip_header(position, pair);
            }
        }
        for side_members in [&framings.original.members, &framings.rebuild.members] {
            // Headers that have no counterpart must not carry anything along.
            for (position, member) in side_members.iter().enumerate().skip(common.max(1)) {
                if !bare(member) {
                    let side = std::ptr::eq(side_members, &framings.original.members);
                    let value = Value::from_bytes(&member.header);
                    let values = if side { Sides::new(value, Value::Absent) } else { Sides::new(Value::Absent, value) };
                    let field = format!("gzip.member{}.header", position + 1);
                    self.push(field, Aspect::Compression, values, member.header.len() as u64);
                }
            }
        }
        let streams = framings
            .map(|framing| framing.members.iter().map(|member| member.deflate_blake3).collect::<Option<Vec<_>>>());
        // Streams that nobody took the digests of are not known to be the same.
        if self.same_content && !(streams.as_ref().map(Option::is_some) == Sides::new(true, true) && streams.same()) {
            let streams = streams.map(Option::unwrap_or_default);
            let size = framings.map(|framing| framing.members.iter().map(|member| member.deflate_size).sum::<u64>());
            let values = size.zip(streams.as_ref()).map(|(size, streams)| stream_value(size, streams));
            self.push("gzip.deflate", Aspect::Compression, values, size.original.max(size.rebuild));
        }
        self.trailing("gzip.trailing", framings.map(|framing| framing.trailing.as_ref()));
    }

    fn gzip_header(&mut self, position: usize, members: Sides<&GzipMember>) {
        if members.map(|member| &member.header).same() {
            return;
        }
        let fields = members.map(|member| header_fields(&member.header));
        let names: std::collections::BTreeSet<_> =
            fields.original.keys().chain(fields.rebuild.keys()).copied().collect();
        for name in names {
            let ranges = fields.as_ref().map(|fields| fields.get(name).copied());
            let bytes = ranges.zip(members).map(|(range, member)| range.map(|range| part(&member.header, range)));
            if bytes.same() {
                continue;
            }
            let field = if position == 0 {
                name.to_owned()
            } else {
                name.replacen("gzip.", &format!("gzip.member{}.", position + 1), 1)
            };
            let longer = bytes.original.map_or(0, <[u8]>::len).max(bytes.rebuild.map_or(0, <[u8]>::len)) as u64;
            let shifted = ranges
                .zip(members)
                .map(|(range, member)| range.map(|(start, end)| (member.offset + start, member.offset + end)));
            let values = bytes.map(|bytes| bytes.map_or(Value::Absent, |bytes| Value::Bytes(bytes.into())));
            let location = self.base.clone().with_field(field).with_range(shifted);
            self.findings.push(Finding { location, aspect: Aspect::Compression, values, bytes: longer });
        }
    }

    fn zstd(&mut self, framings: Sides<&ZstdFraming>) {
        let skipped = framings.map(skippable);
        if !skipped.same() {
            let bytes = skipped.as_ref().map(|list| list.iter().map(|frame| frame.size + 8).sum::<u64>());
            let values = skipped.zip(self.sound).map(|(list, sound)| {
                let frames: Vec<_> = list.iter().map(|frame| frame.shown(sound)).collect();
                if frames.is_empty() { Value::Absent } else { Value::Json(json!(frames)) }
            });
            self.push("zstd.skippable", Aspect::Compression, values, bytes.original.max(bytes.rebuild));
        }
        let data = framings.map(data_frames);
        if self.same_content && !data.as_ref().map(|(_, streams)| streams).same() {
            let values = data.as_ref().map(|(size, streams)| stream_value(*size, streams));
            self.push("zstd.frames", Aspect::Compression, values, data.original.0.max(data.rebuild.0));
        }
        self.trailing("zstd.trailing", framings.map(|framing| framing.trailing.as_ref()));
    }

    /// Bytes after the last member or frame.
    fn trailing(&mut self, field: &'static str, contents: Sides<Option<&crate::spill::Content>>) {
        match contents {
            Sides { original: None, rebuild: None } => {}
            Sides { original: Some(original), rebuild: Some(rebuild) } => {
                let location = self.base.clone().with_field(field);
                let findings = &mut self.findings;
                let contents = Sides::new(original, rebuild);
                let costs = &mut Costs::alone(contents, self.limits);
                contents::compare(&location, contents, costs, &mut |mut difference| {
                    if difference.finding.location.field_name() != UNCOVERED {
                        difference.finding.location.field = Some(field.into());
                    }
                    findings.push(difference.finding);
                });
            }
            one_sided => {
                let bytes = one_sided.original.or(one_sided.rebuild).map_or(0, crate::spill::Content::size);
                let values = one_sided.map(|content| {
                    content.map_or(Value::Absent, |content| Value::Content {
                        sha256: content.sha256(),
                        size: content.size(),
                        secret: None,
                    })
                });
                self.push(field, Aspect::Content, values, bytes);
            }
        }
    }
}

/// The kind of envelope, and how it is laid out where that is bounded.
fn describe(framing: &Framing, end_of_archive: u64) -> serde_json::Value {
    match framing {
        Framing::Plain => json!({ "format": "none" }),
        Framing::Gzip(gzip) => {
            let mut value = members(gzip, end_of_archive);
            value["format"] = json!("gzip");
            value["trailing"] = json!(gzip.trailing.as_ref().map_or(0, crate::spill::Content::size));
            value["bareHeaders"] = json!(gzip.members.iter().all(bare));
            value
        }
        Framing::Zstd(zstd) => json!({
            "format": "zstd",
            "frames": zstd.frames.len(),
            "skippable": skippable(zstd).len(),
            "trailing": zstd.trailing.as_ref().map_or(0, crate::spill::Content::size),
        }),
    }
}

/// How many members there are, how many hold nothing, and how many begin where the archive has ended already.
fn members(framing: &GzipFraming, end_of_archive: u64) -> serde_json::Value {
    let empty = framing.members.iter().filter(|member| member.size == 0).count();
    let late = framing
        .members
        .iter()
        .filter(|member| {
            member.size > 0
                && member.uncompressed_offset > 0
                && member.uncompressed_offset >= end_of_archive.saturating_add(1024)
        })
        .count();
    json!({ "members": framing.members.len(), "empty": empty, "afterEnd": late })
}

/// Whether a member's header has none of the optional fields.
fn bare(member: &GzipMember) -> bool {
    member.header.len() == 10 && member.header.get(3) == Some(&0)
}

fn header_fields(header: &[u8]) -> BTreeMap<&'static str, Range> {
    GzipHeader::parse(header).map(|header| header.fields().into_iter().collect()).unwrap_or_default()
}

fn part(bytes: &[u8], (start, end): Range) -> &[u8] {
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    bounds.and_then(|(start, end)| bytes.get(start..end)).unwrap_or(b"")
}

fn stream_value(size: u64, streams: &[[u8; 32]]) -> Value {
    let mut hasher = blake3::Hasher::new();
    for stream in streams {
        hasher.update(stream);
    }
    Value::Json(json!({ "size": size, "blake3": hasher.finalize().to_hex().as_str() }))
}

/// A skippable frame: readers that know where to look do not skip it.
#[derive(PartialEq, Eq)]
struct Skippable {
    magic: u32,
    offset: u64,
    size: u64,
    sha256: [u8; 32],
}

impl Skippable {
    fn shown(&self, sound: bool) -> serde_json::Value {
        let (magic, sha256) = (format!("{:#010x}", self.magic), hex::encode(self.sha256));
        let mut value = json!({ "magic": magic, "offset": self.offset, "size": self.size, "sha256": sha256 });
        if sound {
            value[SOUND] = json!(true);
        }
        value
    }
}

fn skippable(framing: &ZstdFraming) -> Vec<Skippable> {
    let frames = framing.frames.iter().filter_map(|frame| match frame {
        ZstdFrame::Skippable { magic, content, offset } => {
            Some(Skippable { magic: *magic, offset: *offset, size: content.size(), sha256: content.sha256() })
        }
        ZstdFrame::Data { .. } => None,
    });
    frames.collect()
}

fn data_frames(framing: &ZstdFraming) -> (u64, Vec<[u8; 32]>) {
    let mut total = 0;
    let mut streams = Vec::new();
    for frame in &framing.frames {
        if let ZstdFrame::Data { header, compressed_size, compressed_blake3, .. } = frame {
            total += header.len() as u64 + compressed_size;
            let mut hasher = blake3::Hasher::new();
            hasher.update(header).update(compressed_blake3);
            streams.push(hasher.finalize().into());
        }
    }
    (total, streams)
}

/// What an envelope carries besides its content, where there is no other envelope to compare it with.
pub fn carried(base: &Location, side: Side, end: &LayerEnd) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut carry = |field: String, value: Value, bytes: u64| {
        let mut values = Sides::new(Value::Absent, Value::Absent);
        *values.get_mut(side) = value;
        findings.push(Finding { location: base.clone().with_field(field), aspect: Aspect::Content, values, bytes });
    };
    let whole = |content: &crate::spill::Content| Value::Content {
        sha256: content.sha256(),
        size: content.size(),
        secret: None,
    };
    let trailing = match &end.framing {
        Framing::Plain => None,
        Framing::Gzip(gzip) => {
            for (position, member) in gzip.members.iter().enumerate().filter(|(_, member)| !bare(member)) {
                carry(
                    format!("gzip.member{}.header", position + 1),
                    Value::from_bytes(&member.header),
                    member.header.len() as u64,
                );
            }
            gzip.trailing.as_ref()
        }
        Framing::Zstd(zstd) => {
            for frame in skippable(zstd) {
                carry("zstd.skippable".to_owned(), Value::Json(frame.shown(false)), frame.size + 8);
            }
            zstd.trailing.as_ref()
        }
    };
    for (field, content) in [("compression.trailing", trailing), ("trailer.data", end.trailer.rest.as_ref())] {
        if let Some(content) = content {
            carry(field.to_owned(), whole(content), content.size());
        }
    }
    findings
}
