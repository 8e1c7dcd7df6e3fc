//! The way from a source to the result, in steps between which a caller may stop.

use super::adjust::Adjust;
use super::budget;
use super::decode::{self, Decoded, Header, Wanted};
use super::error::Error;
use super::fit::{Crop, Layout};
use super::options::{Format, PrepareOptions};
use super::orient::Turn;
use super::pixels::{RgbImage, length, side};
use super::plan::{Output, Plan};
use super::prepared::{Prepared, View};
use super::resize::resize;
use super::write::over_max_bytes;
use std::borrow::Cow;

/// Prepares a file.
///
/// # Errors
/// [`Error::Invalid`] for the options and for 0 bytes; otherwise what the file is to blame for.
pub fn prepare(bytes: &[u8], options: &PrepareOptions) -> Result<Prepared, Error> {
    Job::new(Source::File(Cow::Borrowed(bytes)), options)?.run()
}

/// Prepares unpremultiplied R, G, B, A pixels, such as `ImageData`.
///
/// # Errors
/// [`Error::Invalid`] if there are not exactly `width` × `height` pixels, and for [`Format::Original`], which pixels have not.
pub fn prepare_pixels(
    rgba: &[u8],
    width: u32,
    height: u32,
    options: &PrepareOptions,
) -> Result<Prepared, Error> {
    let rgba = Cow::Borrowed(rgba);
    Job::new(
        Source::Pixels {
            rgba,
            width,
            height,
            turn: Turn::default(),
        },
        options,
    )?
    .run()
}

/// Whether pixels of this size will be taken: asked by who decodes a file itself, before its pixels take memory.
///
/// # Errors
/// [`Error::TooLarge`]; [`Error::Invalid`] for the options.
pub fn admit(width: u32, height: u32, options: &PrepareOptions) -> Result<(), Error> {
    Plan::new(options)?.check_pixels(u64::from(width) * u64::from(height))
}

/// What a picture is made from. An owned source is dropped as soon as it has been decoded.
#[derive(Clone, Debug)]
pub enum Source<'a> {
    /// The bytes of a file.
    File(Cow<'a, [u8]>),
    /// Pixels that someone else decoded.
    Pixels {
        /// Unpremultiplied R, G, B, A, row by row without gaps.
        rgba: Cow<'a, [u8]>,
        /// In pixels, not 0.
        width: u32,
        /// In pixels, not 0.
        height: u32,
        /// Brings them upright.
        turn: Turn,
    },
}

/// A picture being prepared: call [`Job::step`] until it is done. Dropping it stops the work.
#[derive(Debug)]
pub struct Job<'a> {
    plan: Plan,
    stage: Stage<'a>,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    More,
    /// The result. The job has nothing more to give.
    Done(Prepared),
}

/// What the next step starts from.
#[derive(Debug)]
enum Stage<'a> {
    Read(Source<'a>),
    Arrange(Decoded, Layout, Turn),
    Write(RgbImage, Vec<String>),
    Finished,
}

impl<'a> Job<'a> {
    /// Checks the options; the source is looked at by the first step.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option, for a file of 0 bytes and for pixels that are not as many as their size says.
    pub fn new(source: Source<'a>, options: &PrepareOptions) -> Result<Self, Error> {
        let plan = Plan::new(options)?;
        check_source(&source, &plan)?;
        Ok(Self {
            plan,
            stage: Stage::Read(source),
        })
    }

    /// Does the next part of the work: decoding, arranging on the panel, dithering and writing.
    ///
    /// # Errors
    /// What the file or the limits are to blame for. After an error, as after [`Step::Done`], every step is [`Error::Invalid`].
    pub fn step(&mut self) -> Result<Step, Error> {
        let next = match std::mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Read(Source::File(bytes)) if self.plan.output == Output::Original => {
                return original(bytes, &self.plan).map(Step::Done);
            }
            Stage::Read(source) => self.read(&source)?,
            Stage::Arrange(decoded, layout, turn) => self.arrange(decoded, layout, turn)?,
            Stage::Write(image, warnings) => return self.write(image, warnings).map(Step::Done),
            Stage::Finished => {
                return Err(Error::invalid("source", "this job is over: make a new one"));
            }
        };
        self.stage = next;
        Ok(Step::More)
    }

    /// Takes every step.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn run(mut self) -> Result<Prepared, Error> {
        loop {
            if let Step::Done(prepared) = self.step()? {
                return Ok(prepared);
            }
        }
    }

    fn read(&self, source: &Source<'_>) -> Result<Stage<'static>, Error> {
        match source {
            Source::File(bytes) => {
                let header = Header::read(bytes)?;
                self.plan.check_megapixels(header.unpacked)?;
                let turn = header.turn.then(self.plan.turn);
                let layout = self.layout((header.width, header.height), turn)?;
                let decoded = decode::decode(bytes, &header, self.wanted(&layout, turn))?;
                Ok(Stage::Arrange(decoded, layout, turn))
            }
            Source::Pixels {
                rgba,
                width,
                height,
                turn,
            } => {
                let turn = turn.then(self.plan.turn);
                self.plan
                    .check_pixels(u64::from(*width) * u64::from(*height))?;
                let layout = self.layout((*width, *height), turn)?;
                let decoded = from_pixels(rgba, (*width, *height), &self.plan)?;
                Ok(Stage::Arrange(decoded, layout, turn))
            }
        }
    }

    fn arrange(
        &self,
        decoded: Decoded,
        layout: Layout,
        turn: Turn,
    ) -> Result<Stage<'static>, Error> {
        // Resized as the file stores it and turned afterwards: the picture is smaller by then.
        let crop = decoded.crop(turn.crop(layout.crop));
        let mut image = resize(decoded.image, crop, turn.size(layout.inner))?;
        if let Some(adjust) = &decoded.adjust {
            let pixels = image.pixels_mut().iter_mut();
            pixels.for_each(|pixel| *pixel = adjust.apply(*pixel));
        }
        let image = on_canvas(turn.apply(image), layout, self.plan.background.0)?;
        Ok(Stage::Write(image, decoded.warnings))
    }

    fn write(&self, image: RgbImage, warnings: Vec<String>) -> Result<Prepared, Error> {
        let (width, height) = (side(image.width()), side(image.height()));
        let written = self.plan.output.write(image, self.plan.max_bytes)?;
        let prepared = Prepared {
            bytes: written.bytes,
            width,
            height,
            format: self.plan.output.format(),
            quality: written.quality,
            warnings,
            view: written.view,
        };
        bounded(prepared, self.plan.max_bytes)
    }

    fn layout(&self, size: (u32, u32), turn: Turn) -> Result<Layout, Error> {
        Layout::new(turn.size(size), self.plan.panel, self.plan.fit)
    }

    fn wanted(&self, layout: &Layout, turn: Turn) -> Wanted {
        let scale = (
            f64::from(layout.inner.0) / layout.crop.width,
            f64::from(layout.inner.1) / layout.crop.height,
        );
        Wanted {
            scale: turn.size(scale),
            background: self.plan.background,
            saturation: self.plan.saturation,
        }
    }
}

impl Plan {
    fn check_megapixels(&self, pixels: u64) -> Result<(), Error> {
        if pixels <= self.max_pixels {
            return Ok(());
        }
        let reason = format!(
            "the picture has {} million pixels, over the limit of {}: make it smaller first or raise the limit",
            megapixels(pixels),
            megapixels(self.max_pixels)
        );
        Err(Error::too_large("maxMegapixels", reason))
    }

    /// For a picture that comes as R, G, B, A.
    fn check_pixels(&self, pixels: u64) -> Result<(), Error> {
        self.check_megapixels(pixels)?;
        budget::check("reading", pixels.saturating_mul(4))
    }
}

/// In tenths. To write a float would weigh six KiB in the module.
fn megapixels(pixels: u64) -> String {
    let tenths = pixels.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn check_source(source: &Source<'_>, plan: &Plan) -> Result<(), Error> {
    match source {
        Source::File(bytes) if bytes.is_empty() => {
            Err(Error::invalid("source", "the file has 0 bytes"))
        }
        Source::File(_) => Ok(()),
        Source::Pixels { .. } if plan.output == Output::Original => Err(Error::invalid(
            "format",
            "pixels have no original bytes: choose another format",
        )),
        Source::Pixels {
            rgba,
            width,
            height,
            ..
        } => {
            let count = u64::from(*width) * u64::from(*height);
            if count > 0 && count.checked_mul(4) == u64::try_from(rgba.len()).ok() {
                return Ok(());
            }
            let reason = format!(
                "{} bytes are not {width} × {height} pixels of 4 bytes",
                rgba.len()
            );
            Err(Error::invalid("source", reason))
        }
    }
}

/// The file as it is. Its size is told where it is a picture, but nothing about the bytes is an error.
fn original(bytes: Cow<'_, [u8]>, plan: &Plan) -> Result<Prepared, Error> {
    let (width, height) =
        Header::read(&bytes).map_or((0, 0), |header| (header.width, header.height));
    let prepared = Prepared {
        bytes: bytes.into_owned(),
        width,
        height,
        format: Format::Original,
        quality: None,
        warnings: Vec::new(),
        view: View::File,
    };
    bounded(prepared, plan.max_bytes)
}

fn bounded(prepared: Prepared, max_bytes: usize) -> Result<Prepared, Error> {
    match prepared.bytes.len() {
        length if length > max_bytes => Err(over_max_bytes(length, max_bytes)),
        _ => Ok(prepared),
    }
}

fn from_pixels(rgba: &[u8], (width, height): (u32, u32), plan: &Plan) -> Result<Decoded, Error> {
    let adjust = Adjust::new(None, plan.saturation);
    let rgb = decode::from_rgba(rgba, plan.background, adjust.as_ref())?;
    let sizes = (usize::try_from(width), usize::try_from(height));
    let image = match sizes {
        (Ok(width), Ok(height)) => RgbImage::from_bytes(width, height, rgb),
        _ => None,
    };
    let image = image.ok_or_else(|| Error::invalid("source", "too few pixels"))?;
    Ok(Decoded {
        image,
        scale: 1.0,
        adjust: None,
        warnings: Vec::new(),
    })
}

/// The picture between its bars, or as it is where it fills the canvas.
fn on_canvas(image: RgbImage, layout: Layout, background: [u8; 3]) -> Result<RgbImage, Error> {
    if layout.inner == layout.canvas {
        return Ok(image);
    }
    let (width, height) = layout.canvas;
    budget::check(
        "laying out",
        (u64::from(width) * u64::from(height) + image.pixels().len() as u64) * 3,
    )?;
    let mut canvas = RgbImage::filled(length(width), length(height), background);
    canvas.paste(&image, length(layout.offset.0), length(layout.offset.1));
    Ok(canvas)
}

impl Turn {
    /// The part of the file that a part of the turned picture shows. Both lie in the middle, so only the sides change places.
    fn crop(
        self,
        Crop {
            left,
            top,
            width,
            height,
        }: Crop,
    ) -> Crop {
        let ((left, top), (width, height)) = (self.size((left, top)), self.size((width, height)));
        Crop {
            left,
            top,
            width,
            height,
        }
    }
}
