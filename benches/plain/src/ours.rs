//! The dithers: the package's, whose last step of a job is dithering and packing, and the plain one.

use std::cell::RefCell;

use mqtt_image_sender::image::{
    Dither, Format, Job, Palette, PanelName, PrepareOptions, Source, Step, Turn,
};

use crate::{INPUT, dither, keep, lock};

/// In the order of `benches/page/dithers.js`.
const PANELS: [(Format, Option<PanelName>); 4] = [
    (Format::Mono1, None),
    (Format::Planes, Some(PanelName::Bwr)),
    (Format::Palette4, Some(PanelName::Acep7)),
    (Format::Palette4, Some(PanelName::Spectra6)),
];

thread_local! {
    static JOB: RefCell<Option<Job<'static>>> = const { RefCell::new(None) };
}

/// Takes R, G, B, A pixels for a panel as far as the step that dithers; 0 if something is wrong with them.
#[unsafe(no_mangle)]
pub extern "C" fn begin(width: u32, panel: usize, dither: usize) -> usize {
    let job = job(width, panel, dither);
    let is_good = job.is_some();
    JOB.set(job);
    usize::from(is_good)
}

/// Dithers and packs what was begun.
#[unsafe(no_mangle)]
pub extern "C" fn finish() -> usize {
    keep(match JOB.take().map(|mut job| job.step()) {
        Some(Ok(Step::Done(prepared))) => Some(prepared.bytes),
        _ => None,
    })
}

/// R, G, B, A pixels to one bit each, 1 is white, the plain way.
#[unsafe(no_mangle)]
pub extern "C" fn to_mono(width: usize) -> usize {
    let bits = dither::mono(&lock(&INPUT), width);
    keep(Some(bits))
}

/// R, G, B, A pixels to places in a palette, 4 bits each. The palette, `count` colours of 3 bytes, stands before them.
#[unsafe(no_mangle)]
pub extern "C" fn to_palette(width: usize, count: usize) -> usize {
    let input = lock(&INPUT);
    let (palette, pixels) = input.split_at((count * 3).min(input.len()));
    let codes = dither::palette(pixels, width, palette.as_chunks().0);
    keep(Some(codes))
}

fn job(width: u32, panel: usize, dither: usize) -> Option<Job<'static>> {
    let (format, palette) = *PANELS.get(panel)?;
    let options = PrepareOptions {
        format: Some(format),
        palette: palette.map(Palette::Named),
        dither: Some(*Dither::ALL.get(dither)?),
        ..PrepareOptions::default()
    };
    let rgba = lock(&INPUT).clone();
    let pixels = u32::try_from(rgba.len() / 4).ok()?;
    let source = Source::Pixels {
        rgba: rgba.into(),
        width,
        height: pixels.checked_div(width)?,
        turn: Turn::default(),
    };
    let mut job = Job::new(source, &options).ok()?;
    // Reading and arranging.
    (job.step().ok()? == Step::More && job.step().ok()? == Step::More).then_some(job)
}
