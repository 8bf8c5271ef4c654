//! A fan-out as the host takes it: in chunks, of which several are under way. That keeps the host at work while it keeps
//! what both sides hold within bounds, and an item costs a fraction of a call.

use crate::TaskError;
use crate::encode::unfit_inputs;
use crate::host;
use crate::invocation::Options;
use crate::path::Problem;
#[cfg(not(target_arch = "wasm32"))]
use crate::task::Running;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::borrow::Cow;
use std::iter::{Fuse, Peekable};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

/// The first chunk, which sets the host to work early.
const FIRST_ITEMS: usize = 64;
const CHUNK_ITEMS: usize = 1024;
/// Of a chunk's inputs, and of the outputs that are expected. One item may be larger; it goes alone.
const CHUNK_BYTES: usize = 256 << 10;
/// The most that is under way, in all chunks; of items, before anything is known of their outputs, one chunk's.
const MOST_ITEMS: usize = 4096;
const MOST_BYTES: usize = 16 << 20;
/// So many are under way however large they are.
const FEWEST_ITEMS: usize = 64;
/// How many chunks share the places of a bounded fan-out: a chunk's places are free only once all of it has ended.
const LANES: usize = 16;

/// The inputs of a fan-out's children, one by one.
pub(crate) type Inputs<'a> = Box<dyn Iterator<Item = Result<String, Problem>> + 'a>;

/// What the children of a fan-out share.
#[derive(Clone)]
pub(crate) struct Children {
    pub(crate) task: Cow<'static, str>,
    pub(crate) options: Options,
    /// Whether the first that fails aborts the others of its chunk.
    pub(crate) fail_fast: bool,
    /// The task itself, where it runs in this process.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) local: Option<fn(String) -> Running>,
}

/// What the host needs to start a chunk.
pub(crate) struct EachRequest {
    pub(crate) children: Children,
    pub(crate) inputs: Vec<String>,
    /// How many of them run at once; `None`: as many as the host runs.
    pub(crate) concurrency: Option<u32>,
}

/// What came of some neighbouring items.
pub(crate) struct Chunk {
    /// The index of the first of them.
    pub(crate) start: usize,
    pub(crate) results: Vec<Result<String, TaskError>>,
    held: Held,
}

/// What is under way, and counts towards the bounds.
#[derive(Clone, Copy, Default)]
struct Held {
    items: usize,
    bytes: usize,
    places: usize,
}

/// A fan-out that gives its results a chunk at a time.
pub(crate) struct Chunks<'a> {
    pub(crate) children: Children,
    /// How many children run at once, at most; `None`: as many as the host runs.
    concurrency: Option<usize>,
    inputs: Peekable<Fuse<Inputs<'a>>>,
    drawn: usize,
    held: Held,
    /// The bytes of an output, once some are known.
    expected_output: Option<usize>,
    running: FuturesUnordered<Pin<Box<dyn Future<Output = Chunk>>>>,
    /// When the first chunk was sent, where the fan-out has only so much time.
    begun: Option<Instant>,
}

impl<'a> Chunks<'a> {
    pub(crate) fn new(children: Children, inputs: Inputs<'a>) -> Self {
        Self {
            children,
            concurrency: None,
            inputs: inputs.fuse().peekable(),
            drawn: 0,
            held: Held::default(),
            expected_output: None,
            running: FuturesUnordered::new(),
            begun: None,
        }
    }

    pub(crate) fn bound(&mut self, concurrency: usize) {
        // No more than `MOST_ITEMS` are ever under way.
        self.concurrency = (concurrency < MOST_ITEMS).then_some(concurrency.max(1));
    }

    /// How many items are left, at least.
    pub(crate) fn left(&self) -> usize {
        self.inputs.size_hint().0
    }

    /// The next chunk that ends, whichever it is. Its items count as under way until they are released.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Chunk>> {
        loop {
            let sent = self.send();
            match self.running.poll_next_unpin(context) {
                Poll::Ready(Some(chunk)) => {
                    self.held.bytes -= chunk.held.bytes;
                    self.held.places -= chunk.held.places;
                    self.learn(&chunk.results);
                    return Poll::Ready(Some(chunk));
                }
                // What was sent has started, and there may be room for more.
                _ if sent => {}
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// The items of a chunk no longer count as under way.
    pub(crate) fn release(&mut self, chunk: &Chunk) {
        self.held.items -= chunk.held.items;
    }

    fn learn(&mut self, results: &[Result<String, TaskError>]) {
        let outputs = || results.iter().flatten().map(String::len);
        if let Some(mean) = outputs().sum::<usize>().checked_div(outputs().count()) {
            self.expected_output = Some(self.expected_output.map_or(mean, |known| known.midpoint(mean)));
        }
    }

    /// Draws a chunk and starts it, if there is room; tells whether it did.
    fn send(&mut self) -> bool {
        let places = self.concurrency.map_or(MOST_ITEMS, |most| most - self.held.places);
        if places == 0 || self.room() == 0 {
            return false;
        }
        if let Some(Err(problem)) = self.inputs.next_if(Result::is_err) {
            self.refuse(&problem);
            return true;
        }
        let (inputs, bytes) = self.draw();
        if inputs.is_empty() {
            return false;
        }
        let share = self.concurrency.map_or(MOST_ITEMS, |most| most.div_ceil(LANES));
        let held = Held { items: inputs.len(), bytes, places: share.min(places).min(inputs.len()) };
        let concurrency = u32::try_from(held.places).ok().filter(|_| held.places < held.items);
        let ended = host::run_each(EachRequest { children: self.next_children(), inputs, concurrency });
        self.push(held, ended);
        true
    }

    /// The children of the next chunk: they have what is left of the time of all.
    fn next_children(&mut self) -> Children {
        let mut children = self.children.clone();
        if let Some(within) = &mut children.options.within {
            *within = within.saturating_sub(self.begun.get_or_insert_with(Instant::now).elapsed());
        }
        children
    }

    /// What can't be sent has its result already.
    fn refuse(&mut self, problem: &Problem) {
        let error = unfit_inputs(&self.children.task, problem);
        self.push(Held { items: 1, ..Held::default() }, std::future::ready(vec![Err(error)]));
    }

    fn push(&mut self, held: Held, ended: impl Future<Output = Vec<Result<String, TaskError>>> + 'static) {
        let start = self.drawn;
        self.drawn += held.items;
        self.held.items += held.items;
        self.held.bytes += held.bytes;
        self.held.places += held.places;
        self.running.push(Box::pin(async move { Chunk { start, results: ended.await, held } }));
    }

    /// The inputs of the next chunk, and the bytes they count for.
    fn draw(&mut self) -> (Vec<String>, usize) {
        let most = self.chunk_items().min(self.room());
        let room = match self.held.items {
            ..FEWEST_ITEMS => usize::MAX,
            _ => MOST_BYTES.saturating_sub(self.held.bytes),
        };
        let output = self.expected_output.unwrap_or(0);
        let mut inputs = Vec::with_capacity(most.min(self.left()));
        let mut bytes = 0;
        while inputs.len() < most {
            // One of any size goes alone.
            let limit = if inputs.is_empty() { room } else { room.min(CHUNK_BYTES) };
            let fits = |input: &String| bytes + input.len() + output <= limit;
            let Some(Ok(input)) = self.inputs.next_if(|input| input.as_ref().is_ok_and(fits)) else { break };
            bytes += input.len() + output;
            inputs.push(input);
        }
        (inputs, bytes)
    }

    /// How many items may still be under way.
    fn room(&self) -> usize {
        let most =
            if self.expected_output.is_none() && self.concurrency.is_none() { CHUNK_ITEMS } else { MOST_ITEMS };
        most.saturating_sub(self.held.items)
    }

    /// How many items the next chunk has, at most.
    fn chunk_items(&self) -> usize {
        let Some(most) = self.concurrency else {
            return self.drawn.clamp(FIRST_ITEMS, CHUNK_ITEMS);
        };
        let (lanes, share) = (most.min(LANES), most.div_ceil(LANES));
        // Small at first, when nothing is known of the items, and small towards the end, where one that takes long
        // would keep the places of its chunk idle.
        let left = self.left().max(self.drawn);
        (left / (4 * lanes)).min(self.drawn / lanes).clamp(share, CHUNK_ITEMS.min(MOST_ITEMS / lanes))
    }
}
