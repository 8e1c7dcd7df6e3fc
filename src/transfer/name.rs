//! The name in begin: what may stand there, and what is made of a file's own.

/// The longest name, in bytes of UTF-8.
const MAX_NAME: usize = 200;

/// Checks a name that a caller gave.
///
/// # Errors
/// What is wrong with it: empty, over 200 bytes, or with `;` or a control character.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let reason = if name.is_empty() {
        "must not be empty"
    } else if name.len() > MAX_NAME {
        "must not be longer than 200 bytes"
    } else if name.chars().any(is_forbidden) {
        "must not contain \";\" or control characters: the device reads up to the semicolon"
    } else {
        return Ok(());
    };
    Err(reason)
}

/// The name of an image: that of its file with the format's extension and `_` for what may not stand there, or
/// `image.` with the extension.
pub fn file_name(own: Option<&str>, extension: Option<&str>) -> String {
    let own = own.map(str::trim).filter(|own| !own.is_empty());
    let name = match (own, extension) {
        (Some(own), None) => own.to_owned(),
        (Some(own), Some(extension)) => with_extension(own, extension),
        (None, extension) => format!("image.{}", extension.unwrap_or("bin")),
    };
    let name: String = name
        .chars()
        .map(|c| if is_forbidden(c) { '_' } else { c })
        .collect();
    shorten(name)
}

fn is_forbidden(c: char) -> bool {
    c == ';' || c.is_control()
}

fn with_extension(own: &str, extension: &str) -> String {
    let (stem, old) = match own.rsplit_once('.') {
        Some((stem, old)) if !stem.is_empty() => (stem, old),
        _ => (own, ""),
    };
    // A photograph called .jpeg keeps its name: that is what the format is called as well.
    let same = old.eq_ignore_ascii_case(extension)
        || (extension == "jpg" && old.eq_ignore_ascii_case("jpeg"));
    if same {
        own.to_owned()
    } else {
        format!("{stem}.{extension}")
    }
}

/// Cuts the stem, at a character, so that the extension stays.
fn shorten(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() < 16 => (stem, format!(".{extension}")),
        _ => (name.as_str(), String::new()),
    };
    let room = MAX_NAME.saturating_sub(extension.len());
    let mut kept = String::with_capacity(MAX_NAME);
    for c in stem.chars() {
        if kept.len() + c.len_utf8() > room {
            break;
        }
        kept.push(c);
    }
    kept + &extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_stem_and_takes_the_formats_extension() {
        assert_eq!(file_name(Some("IMG_1.HEIC"), Some("jpg")), "IMG_1.jpg");
        assert_eq!(file_name(Some("photo.JPEG"), Some("jpg")), "photo.JPEG");
        assert_eq!(file_name(Some("README"), Some("png")), "README.png");
        assert_eq!(file_name(Some(".profile"), Some("png")), ".profile.png");
        assert_eq!(file_name(Some("font.woff2"), None), "font.woff2");
        assert_eq!(file_name(None, Some("jpg")), "image.jpg");
        assert_eq!(file_name(Some("  "), None), "image.bin");
    }

    #[test]
    fn what_may_not_stand_in_begin_becomes_an_underscore() {
        assert_eq!(file_name(Some("a;b\n.jpg"), None), "a_b_.jpg");
        assert!(check_name(&file_name(Some("a;b\u{7f}.jpg"), Some("png"))).is_ok());
    }

    #[test]
    fn a_long_name_is_cut_at_a_character_and_keeps_its_extension() {
        let name = file_name(Some(&format!("{}.jpg", "ä".repeat(150))), None);
        assert!(name.len() <= 200 && name.ends_with("ä.jpg"), "{name}");
        assert!(check_name(&name).is_ok());
    }

    #[test]
    fn a_given_name_is_refused_with_the_reason() {
        for bad in ["", "a;b", "a\0b", &"x".repeat(201)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_name(&"x".repeat(200)).is_ok());
    }
}
