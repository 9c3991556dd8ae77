//! From a variant's name to the name on the wire.

/// `UserImpersonation` to `user_impersonation`; a run of capitals is one word.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let follows_small =
            index > 0 && !letters[index - 1].is_uppercase() && letters[index - 1] != '_';
        let ends_run = index > 0
            && letters
                .get(index + 1)
                .is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (follows_small || ends_run) && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_becomes_snake_case() {
        let rows = [
            ("UserImpersonation", "user_impersonation"),
            ("Read", "read"),
            ("HTTPRead", "http_read"),
            ("ReadX", "read_x"),
            ("Already_Snake", "already_snake"),
        ];
        for (variant, name) in rows {
            assert_eq!(snake_case(variant), name);
        }
    }
}
