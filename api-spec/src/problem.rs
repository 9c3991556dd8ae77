//! One kind of problem (RFC 9457), and lists of them that are put together while the application is compiled.

/// One kind of problem (RFC 9457) that an operation can answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemDef {
    /// The HTTP status, 400 to 599.
    pub status: u16,
    /// The stable code, snake_case; the last part of the problem's `type`.
    pub code: &'static str,
    /// The same short sentence for every occurrence.
    pub title: &'static str,
}

/// Counts the problems of several lists.
#[must_use]
pub const fn count_problems(lists: &[&[ProblemDef]]) -> usize {
    let mut count = 0;
    let mut list = 0;
    while list < lists.len() {
        count += lists[list].len();
        list += 1;
    }
    count
}

/// Joins several lists of problems. `COUNT` is what [`count_problems`] says of them.
///
/// # Panics
/// When `COUNT` is another number.
#[must_use]
pub const fn join_problems<const COUNT: usize>(lists: &[&[ProblemDef]]) -> [ProblemDef; COUNT] {
    const NOTHING: ProblemDef = ProblemDef {
        status: 500,
        code: "",
        title: "",
    };
    let mut joined = [NOTHING; COUNT];
    let mut count = 0;
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            joined[count] = lists[list][index];
            count += 1;
            index += 1;
        }
        list += 1;
    }
    assert!(
        count == COUNT,
        "COUNT is the number of problems in all lists"
    );
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_joined_in_order() {
        const GONE: ProblemDef = ProblemDef {
            status: 410,
            code: "gone",
            title: "Gone",
        };
        const BUSY: ProblemDef = ProblemDef {
            status: 503,
            code: "busy",
            title: "Busy",
        };
        const LISTS: &[&[ProblemDef]] = &[&[BUSY], &[], &[GONE, BUSY]];
        const JOINED: [ProblemDef; count_problems(LISTS)] = join_problems(LISTS);
        assert_eq!(JOINED, [BUSY, GONE, BUSY]);
    }
}
