//! Small zstd frames decoded ahead, in parallel: layers of `zstd:chunked` have thousands of them.
//!
//! Nothing that comes out depends on it: what a worker cannot decode is put back for the sequential decoder, which is
//! the one that reports faults. Workers are threads of their own that wait for nothing but work, because the threads of
//! a pool may all be waiting for layers.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use ::zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use super::input::Input;
use super::zstd_frame::{Frame, decoder};
use super::zstd_header::{Extent, Header};
use super::{ZstdFrame, ZstdFraming};
use crate::limits::Limits;

/// One thread decodes about as fast as another hashes what comes out.
const THREADS_MAX: usize = 4;

/// Content of one frame, and of the frames that a worker takes at once: enough to make handing over cheap.
const CONTENT_MAX: usize = 2 << 20;

/// What frames of common encoders have; it may have to be kept in memory for each worker.
const WINDOW_MAX: u64 = 16 << 20;

pub(super) struct Ahead {
    limits: Limits,
    threads: usize,
    /// Where work goes; `None` before there was any.
    jobs: Option<SyncSender<Job>>,
    queue: VecDeque<Batch>,
    current: Option<Current>,
    /// Used buffers.
    spare: Vec<Vec<u8>>,
    /// Where the frame begins that comes out.
    position: u64,
}

/// Neighboring frames.
struct Batch {
    offset: u64,
    bytes: Arc<[u8]>,
    extents: Arc<[Extent]>,
    decoded: Receiver<Decoded>,
}

struct Job {
    offset: u64,
    bytes: Arc<[u8]>,
    extents: Arc<[Extent]>,
    content: Vec<u8>,
    decoded: SyncSender<Decoded>,
}

/// As many frames as could be decoded. Their uncompressed offsets count from the start of their contents.
struct Decoded {
    content: Vec<u8>,
    frames: Vec<ZstdFrame>,
}

/// The batch that comes out.
struct Current {
    batch: Batch,
    content: Vec<u8>,
    /// Bytes that came out.
    read: usize,
    frames: std::vec::IntoIter<ZstdFrame>,
    recorded: usize,
}

impl Ahead {
    pub(super) fn new(limits: &Limits, threads: usize) -> Self {
        Ahead {
            limits: *limits,
            threads: threads.min(THREADS_MAX),
            jobs: None,
            queue: VecDeque::new(),
            current: None,
            spare: Vec::new(),
            position: 0,
        }
    }

    /// Whether frames were decoded ahead, and all of those that could be.
    #[cfg(test)]
    pub(super) fn worked(&self) -> bool {
        self.jobs.is_some()
    }

    /// Where the frame begins that comes out, unless the input is there too.
    pub(super) fn position(&self) -> Option<u64> {
        self.is_busy().then_some(self.position)
    }

    fn is_busy(&self) -> bool {
        self.current.is_some() || !self.queue.is_empty()
    }

    /// The next bytes and frames; 0 where the sequential decoder has to go on, at the next byte of the input.
    pub(super) fn read<R: Read>(
        &mut self,
        input: &mut Input<R>,
        output: &mut [u8],
        framing: &mut ZstdFraming,
        uncompressed: &mut u64,
    ) -> usize {
        loop {
            self.take_in(input, framing, *uncompressed);
            let Some(mut current) = self.current.take().or_else(|| self.next()) else { return 0 };
            let count = current.read(output);
            *uncompressed += count as u64;
            self.position = current.record(framing, *uncompressed);
            if current.read < current.content.len() {
                self.current = Some(current);
            } else if current.recorded < current.batch.extents.len() {
                self.put_back(input, &current);
            } else {
                self.spare.push(current.content);
            }
            if count > 0 {
                return count;
            }
        }
    }

    fn next(&mut self) -> Option<Current> {
        let batch = self.queue.pop_front()?;
        // A worker that died has decoded nothing.
        let Decoded { content, frames } =
            batch.decoded.recv().unwrap_or_else(|_| Decoded { content: Vec::new(), frames: Vec::new() });
        Some(Current { batch, content, read: 0, frames: frames.into_iter(), recorded: 0 })
    }

    /// Hands frames over as long as few enough are on the way.
    fn take_in<R: Read>(&mut self, input: &mut Input<R>, framing: &ZstdFraming, uncompressed: u64) {
        while self.threads > 1 && self.queue.len() < 2 * self.threads {
            let extents = self.plan(input, framing, uncompressed);
            if extents.len() < if self.is_busy() { 1 } else { 2 } {
                return;
            }
            let Some(jobs) = self.jobs.clone().or_else(|| self.spawn()) else { return };
            let size = extents.iter().map(|extent| extent.size).sum();
            let (offset, bytes, extents) =
                (input.offset(), Arc::from(input.buffered().get(..size).unwrap_or(&[])), Arc::from(extents));
            input.consume(size);
            let (sender, decoded) = sync_channel(1);
            let batch = Batch { offset, bytes, extents, decoded };
            let content = self.spare.pop().unwrap_or_default();
            let (bytes, extents) = (batch.bytes.clone(), batch.extents.clone());
            self.queue.push_back(batch);
            // Where no worker is left, the batch is found undecoded.
            let _ = jobs.send(Job { offset, bytes, extents, content, decoded: sender });
        }
    }

    /// The next frames, as far as a limit can be met by none of them.
    fn plan<R: Read>(&self, input: &mut Input<R>, framing: &ZstdFraming, uncompressed: u64) -> Vec<Extent> {
        let busy = || self.current.iter().map(|current| &current.batch).chain(&self.queue);
        let ahead = || busy().flat_map(|batch| batch.extents.iter());
        let members = self.limits.compression_members.saturating_sub(framing.frames.len() + ahead().count());
        let mut uncompressed = uncompressed + ahead().map(|extent| extent.most as u64).sum::<u64>();
        let (mut extents, mut most, mut at, offset) = (Vec::new(), CONTENT_MAX, 0, input.offset());
        let bytes = input.look_ahead();
        while extents.len() < members {
            let left = bytes.get(at..).unwrap_or(&[]);
            let Some(extent) = Extent::find(left, &self.limits, WINDOW_MAX, most) else { break };
            uncompressed += extent.most as u64;
            let stored = (offset + at as u64).saturating_mul(self.limits.expansion_ratio);
            if uncompressed > self.limits.expansion_bytes.max(stored) {
                break;
            }
            most -= extent.most;
            at += extent.size;
            extents.push(extent);
        }
        extents
    }

    /// Gives what was not decoded, and all after it, to the sequential decoder for good.
    fn put_back<R: Read>(&mut self, input: &mut Input<R>, current: &Current) {
        let done = current.batch.extents.iter().take(current.recorded).map(|extent| extent.size).sum::<usize>();
        let mut bytes = current.batch.bytes.get(done..).unwrap_or(&[]).to_vec();
        self.queue.drain(..).for_each(|batch| bytes.extend_from_slice(&batch.bytes));
        input.put_back(bytes);
        (self.threads, self.jobs) = (0, None);
    }

    /// Starts the workers; they end when the channel does.
    fn spawn(&mut self) -> Option<SyncSender<Job>> {
        let (sender, jobs) = sync_channel::<Job>(2 * self.threads);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..self.threads {
            let (jobs, mut decoder) = (jobs.clone(), decoder(&self.limits).ok()?);
            let work = move || {
                while let Some(job) = jobs.lock().ok().and_then(|jobs| jobs.recv().ok()) {
                    job.run(&mut decoder);
                }
            };
            let spawned = std::thread::Builder::new().name("zstd-frames".to_owned()).spawn(work);
            if spawned.is_err() {
                self.threads = 0;
                return None;
            }
        }
        self.jobs.insert(sender).clone().into()
    }
}

impl Current {
    fn read(&mut self, output: &mut [u8]) -> usize {
        let left = self.content.get(self.read..).unwrap_or(&[]);
        let count = left.len().min(output.len());
        output[..count].copy_from_slice(&left[..count]);
        self.read += count;
        count
    }

    /// Records the frames that came out to their ends; returns where the next one begins, or the last one.
    fn record(&mut self, framing: &mut ZstdFraming, uncompressed: u64) -> u64 {
        let base = uncompressed - self.read as u64;
        let mut position = self.batch.offset;
        while let Some(ZstdFrame::Data { offset, size, uncompressed_offset: start, .. }) =
            self.frames.as_slice().first()
        {
            position = *offset;
            if start + size > self.read as u64 {
                break;
            }
            let Some(mut frame) = self.frames.next() else { break };
            if let ZstdFrame::Data { uncompressed_offset, .. } = &mut frame {
                *uncompressed_offset += base;
            }
            framing.frames.push(frame);
            self.recorded += 1;
        }
        position
    }
}

impl Job {
    fn run(self, decoder: &mut Decoder<'static>) {
        let Job { offset, bytes, extents, mut content, decoded } = self;
        content.clear();
        content.reserve_exact(extents.iter().map(|extent| extent.most).sum());
        let mut frames = Vec::with_capacity(extents.len());
        let mut at = 0;
        for extent in &*extents {
            let frame = bytes.get(at..at + extent.size).unwrap_or(&[]);
            let Some(frame) = decode(decoder, offset + at as u64, frame, &mut content) else { break };
            frames.push(frame);
            at += extent.size;
        }
        // Nobody listening is no error.
        let _ = decoded.send(Decoded { content, frames });
    }
}

/// Appends the content of one whole frame; `None` where anything is wrong with it.
fn decode(decoder: &mut Decoder<'static>, offset: u64, bytes: &[u8], content: &mut Vec<u8>) -> Option<ZstdFrame> {
    let start = content.len();
    let header = Header::parse(bytes)?;
    let mut run = |content: &mut Vec<u8>| -> io::Result<bool> {
        decoder.reinit()?;
        let mut source = InBuffer::around(bytes);
        let mut target = OutBuffer::around_pos(content, start);
        Ok(decoder.run(&mut source, &mut target)? == 0 && source.pos() == bytes.len())
    };
    let whole = run(content).unwrap_or(false);
    let mut frame = Frame::new(offset, bytes.get(..header.size)?.into(), &header, start as u64);
    frame.take_in(bytes);
    let ended = frame.end(content.len() as u64).ok().filter(|_| whole);
    if ended.is_none() {
        content.truncate(start);
    }
    ended
}
