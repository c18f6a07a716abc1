//! The edge between the rest of the program, which is synchronous, and requests over the network, which are not.
//!
//! Nothing outside of [`crate::source`] knows that there is a runtime. Bodies come out as [`Read`], through a bounded
//! channel: whoever reads slowly slows the connection down.

use std::future::Future;
use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use bytes::{Buf, Bytes};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Pieces of a body on their way to the reader.
const DEPTH: usize = 16;

/// The threads that wait for the network, started when they are first needed.
#[derive(Clone, Default)]
pub(crate) struct Net(Arc<OnceLock<Runtime>>);

impl Net {
    /// Runs a future to its end. Not to be called from inside one.
    ///
    /// # Errors
    /// The system's, where there can be no threads.
    pub(crate) fn wait_for<F: Future>(&self, future: F) -> io::Result<F::Output> {
        Ok(self.runtime()?.block_on(future))
    }

    /// Runs a future beside everything else. `produce` gets the end that the body's pieces are put in; it should end
    /// when putting one fails: nobody reads any more.
    ///
    /// # Errors
    /// The system's, where there can be no threads.
    pub(crate) fn body<F>(&self, produce: impl FnOnce(Pieces) -> F) -> io::Result<Body>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, pieces) = channel(DEPTH);
        self.runtime()?.spawn(produce(Pieces(sender)));
        Ok(Body { pieces, current: Bytes::new(), ended: false })
    }

    fn runtime(&self) -> io::Result<&Runtime> {
        if let Some(runtime) = self.0.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("network").enable_all().build()?;
        // Another thread may have been faster: its runtime counts, and this one ends without having done anything.
        if let Err(unused) = self.0.set(runtime) {
            unused.shutdown_background();
        }
        self.0.get().ok_or_else(|| io::Error::other("no runtime"))
    }
}

/// Chooses the provider of cryptography for TLS, once for the program.
pub(crate) fn tls_ready() {
    // Another library of the same program may have chosen before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Where the pieces of a body are put.
pub(crate) struct Pieces(Sender<io::Result<Option<Bytes>>>);

/// Nobody reads the body any more.
#[derive(Debug)]
pub(crate) struct Gone;

impl Pieces {
    /// Hands on a piece, once there is room for it.
    pub(crate) async fn put(&self, piece: Bytes) -> Result<(), Gone> {
        self.0.send(Ok(Some(piece))).await.map_err(|_| Gone)
    }

    /// Ends the body. One that is dropped without this has been cut off.
    pub(crate) async fn end(self, result: io::Result<()>) {
        // Nobody listening is no error.
        let _ = self.0.send(result.map(|()| None)).await;
    }
}

/// A body as it comes in.
pub(crate) struct Body {
    pieces: Receiver<io::Result<Option<Bytes>>>,
    current: Bytes,
    ended: bool,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Ok(Some(piece))) => self.current = piece,
                Some(Ok(None)) => self.ended = true,
                Some(Err(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the transfer was cut off")),
            }
        }
        let count = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_its_pieces_in_order() {
        let net = Net::default();
        let mut body = net
            .body(async |pieces: Pieces| {
                for number in 0..100_u8 {
                    pieces.put(Bytes::from(vec![number; 3])).await.unwrap();
                }
                pieces.end(Ok(())).await;
            })
            .unwrap();
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, (0..100).flat_map(|number| [number; 3]).collect::<Vec<u8>>());
    }

    #[test]
    fn an_end_that_was_not_said_is_an_error() {
        let net = Net::default();
        let cut = |end: Option<io::Result<()>>| {
            let mut body = net
                .body(async |pieces: Pieces| {
                    pieces.put(Bytes::from_static(b"x")).await.unwrap();
                    if let Some(end) = end {
                        pieces.end(end).await;
                    }
                })
                .unwrap();
            body.read_to_end(&mut Vec::new()).map_err(|error| error.kind())
        };
        assert_eq!(cut(None), Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(cut(Some(Err(io::ErrorKind::TimedOut.into()))), Err(io::ErrorKind::TimedOut));
        assert_eq!(cut(Some(Ok(()))), Ok(1));
    }

    #[test]
    fn a_body_that_nobody_reads_ends() {
        let net = Net::default();
        let (gone, is_gone) = std::sync::mpsc::channel();
        let body = net
            .body(async move |pieces: Pieces| {
                while pieces.put(Bytes::from_static(b"x")).await.is_ok() {}
                gone.send(()).unwrap();
            })
            .unwrap();
        drop(body);
        is_gone.recv().unwrap();
    }
}
