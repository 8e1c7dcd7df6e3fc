//! The page for firmware authors, `firmware/README.md`: its bytes are the crate's, and its receiver in C does what it says.
//!
//! The C code is compiled with every warning an error and with the sanitizers of the compiler, and fed without a network. Its
//! transport is run by `package/firmware.test.mjs`.
#![cfg(all(feature = "mqtt", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken assumption ends a test"
)]

mod firmware {
    pub mod page;
    pub mod replay;
}

use firmware::page::{Line, scenes};
use firmware::replay::Replay;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::transfer::{
    Feedback, FrameHead, Function, Numbering, Receiver, Status, crc32,
};

const NUMBERINGS: [Numbering; 2] = [Numbering::Echo, Numbering::Next];
/// Nothing split, and splits on both sides of the head's end.
const PIECES: [usize; 7] = [0, 1, 2, 8, 9, 10, 11];
/// The room of the page's last scene.
const ROOM: usize = 8;

fn frame(function: Function, number: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let head = FrameHead {
        function,
        number,
        length,
    };
    [&head.encode()[..], data].concat()
}

/// Begin, every chunk, finish.
fn frames(image: &[u8], chunk: usize) -> Vec<Vec<u8>> {
    let begin = format!("a.bin;{};crc32={:08x}", image.len(), crc32(image));
    let mut all = vec![frame(Function::Begin, 0, begin.as_bytes())];
    for (number, data) in (0..).zip(image.chunks(chunk)) {
        all.push(frame(Function::Data, number, data));
    }
    all.push(frame(Function::Finish, 0, b""));
    all
}

fn feedback(function: Function, number: i16, status: Status) -> Vec<u8> {
    let feedback = Feedback {
        function,
        number,
        status,
    };
    feedback.encode().to_vec()
}

fn random_bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    (0..length)
        .map(|_| rng.next_u64().to_le_bytes()[0])
        .collect()
}

#[test]
fn the_pages_bytes_are_those_of_the_crate() {
    let mut checked = 0;
    for line in scenes().iter().flatten() {
        let [function, number, rest] = line.words().expect("three words after the bytes");
        let function = match function.as_str() {
            "begin" => Function::Begin,
            "data" => Function::Data,
            "finish" => Function::Finish,
            other => panic!("{other} is no function"),
        };
        let expected = match line {
            Line::Frame { .. } => frame(function, number.parse().unwrap(), rest.as_bytes()),
            Line::Answer { .. } => {
                let status = match rest.as_str() {
                    "whole" => Status::Whole,
                    "incomplete" => Status::Incomplete,
                    other => panic!("{other} is no status"),
                };
                feedback(function, number.parse().unwrap(), status)
            }
        };
        assert_eq!(line.bytes(), expected, "{line:?}");
        checked += 1;
    }
    assert_eq!(checked, 32, "every line of the page was read");
}

#[test]
fn the_receiver_in_c_answers_as_the_page_says_however_its_messages_are_split() {
    let replay = Replay::compile();
    let mut scenes_played = 0;
    for scene in scenes() {
        let frames: Vec<_> = scene.iter().filter_map(Line::frame).collect();
        if frames.is_empty() {
            continue;
        }
        scenes_played += 1;
        for numbering in NUMBERINGS {
            let expected: Vec<_> = scene
                .iter()
                .filter_map(|line| line.answer(numbering))
                .collect();
            for piece in PIECES {
                let said = replay.run(numbering, piece, ROOM, &frames);
                assert_eq!(said.answers, expected, "{numbering:?}, pieces of {piece}");
            }
        }
    }
    assert_eq!(scenes_played, 3);
}

#[test]
fn both_receivers_answer_alike_and_hand_the_image_over_once() {
    let replay = Replay::compile();
    let image = random_bytes(&mut Rng::new(1), 100_000);
    for chunk in [200, 1400, 20_000] {
        let mut sent = frames(&image, chunk);
        // The last one is asked twice: its answer may have been lost.
        sent.push(frame(Function::Finish, 0, b""));
        for numbering in NUMBERINGS {
            let mut ours = Receiver::new(numbering);
            let expected: Vec<_> = sent
                .iter()
                .filter_map(|frame| ours.handle_frame(frame))
                .map(|answer| answer.to_vec())
                .collect();
            for piece in [0, 128] {
                let said = replay.run(numbering, piece, image.len(), &sent);
                assert_eq!(said.answers, expected);
                assert_eq!(
                    said.images,
                    [("a.bin".to_owned(), image.len(), sum(&image))]
                );
            }
        }
    }
}

/// The sum that `replay.c` says of an image.
fn sum(image: &[u8]) -> u32 {
    image.iter().fold(0u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(*byte))
    })
}

#[test]
fn the_last_chunk_that_can_be_numbered_is_taken() {
    let image = random_bytes(&mut Rng::new(2), 32_768);
    let replay = Replay::compile();
    for numbering in NUMBERINGS {
        let said = replay.run(numbering, 0, image.len(), &frames(&image, 1));
        let last = numbering.encode(32_767);
        let expected = feedback(Function::Data, last, Status::Whole);
        assert_eq!(said.answers.len(), 32_770);
        assert_eq!(said.answers[32_768], expected);
        assert_eq!(said.images, [("a.bin".to_owned(), 32_768, sum(&image))]);
    }
}

#[test]
fn a_repeated_begin_loses_nothing_before_the_first_chunk_and_forgets_all_after_it() {
    let replay = Replay::compile();
    let (old, new) = (vec![1; 500], vec![2; 500]);
    let begin = frame(Function::Begin, 0, b"a.bin;500");
    let data = |image: &[u8], number: u16| {
        let at = usize::from(number) * 200;
        frame(Function::Data, number, &image[at..(at + 200).min(500)])
    };
    let finish = frame(Function::Finish, 0, b"");
    let sent = [
        begin.clone(),
        begin.clone(),
        data(&old, 0),
        data(&old, 1),
        // The sender starts over, with another picture of the same name and size.
        begin,
        data(&new, 0),
        data(&new, 2),
        finish.clone(),
        data(&new, 1),
        finish,
    ];
    let said = replay.run(Numbering::Echo, 0, 500, &sent);
    let asked = feedback(Function::Data, 1, Status::Incomplete);
    assert_eq!(said.answers.len(), sent.len());
    assert_eq!(said.answers[7], asked, "the old chunk 1 is forgotten");
    assert_eq!(said.images, [("a.bin".to_owned(), 500, sum(&new))]);
}

#[test]
fn a_flipped_bit_is_found_by_the_checksum() {
    let replay = Replay::compile();
    let mut sent = frames(b"123456789", 4);
    sent[2][9] ^= 1;
    let said = replay.run(Numbering::Echo, 0, 100, &sent);
    let refused = feedback(Function::Finish, 0, Status::Incomplete);
    assert_eq!(said.answers.last(), Some(&refused));
    assert!(said.images.is_empty());
}

#[test]
fn what_is_no_frame_or_belongs_to_no_image_gets_no_answer() {
    let replay = Replay::compile();
    let stray = [
        frame(Function::Data, 0, b"abc"),
        frame(Function::Finish, 0, b""),
        b"hello".to_vec(),
        // Longer than a begin can be: 256 bytes.
        frame(Function::Begin, 0, format!("a;5;{:x<252}", "").as_bytes()),
        frame(Function::Begin, 0, b"a;5")[..11].to_vec(),
    ];
    for piece in PIECES {
        let said = replay.run(Numbering::Echo, piece, 100, &stray);
        assert_eq!(said.answers, Vec::<Vec<u8>>::new());
    }
}

#[test]
fn a_piece_that_comes_twice_does_not_count_as_the_next_one() {
    let replay = Replay::compile();
    let begin = frame(Function::Begin, 0, b"a;18");
    let chunk = frame(Function::Data, 0, &[7; 18]);
    // Three pieces: after the second one came twice there would be as many bytes as the chunk has.
    let said = replay.run_doubled(9, 18, &[begin, chunk]);
    let taken = feedback(Function::Begin, 0, Status::Whole);
    assert_eq!(said.answers, [taken]);
}

#[test]
fn no_message_leads_it_outside_of_its_buffers() {
    let replay = Replay::compile();
    let mut rng = Rng::new(7);
    let mut below = |bound: usize| {
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(rng.below(bound)).unwrap()
    };
    let mut sent = Vec::new();
    for _ in 0..40_000 {
        let number = [0, 1, 2, 3, 499, 500, 32_767, 40_000][below(8)];
        let mut message = match below(5) {
            0 => {
                let text = [
                    "a;0",
                    "a;1000",
                    "a;1001",
                    "a;-1",
                    "a",
                    "a;999;crc32=",
                    "a;4294967297",
                ];
                frame(Function::Begin, 0, text[below(text.len())].as_bytes())
            }
            4 => frame(Function::Finish, number, b""),
            _ => frame(
                Function::Data,
                number,
                &vec![3; [0, 1, 2, 300, 1000, 1400][below(6)]],
            ),
        };
        if below(10) == 0 {
            let at = below(9);
            message[at] = u8::try_from(below(256)).unwrap();
        }
        sent.push(message);
    }
    for piece in [0, 7] {
        let said = replay.run(Numbering::Next, piece, 1000, &sent);
        assert!(said.answers.len() > 1000, "{}", said.answers.len());
    }
}
