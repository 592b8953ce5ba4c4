//! What single characters are: letters, figures, brackets, and the signs of East Asian numbers. Pure.

pub fn is_opening(letter: char) -> bool {
    matches!(letter, '(' | '[' | '{' | '（' | '［' | '【')
}

pub fn is_closing(letter: char) -> bool {
    matches!(letter, ')' | ']' | '}' | '）' | '］' | '】')
}

/// Characters that are a word of their own next to a number: `第3巻`, `全11巻`, `제1권`.
pub(super) fn stands_alone(letter: char) -> bool {
    matches!(
        letter,
        '第' | '全'
            | '巻'
            | '卷'
            | '冊'
            | '册'
            | '話'
            | '话'
            | '回'
            | '章'
            | '集'
            | '期'
            | '季'
            | '部'
    ) || matches!(
        letter,
        '제' | '권' | '화' | '회' | '장' | '편' | '전' | '부'
    )
}

/// Up to ten.
pub(super) fn kanji_digit(letter: char) -> Option<u32> {
    Some(match letter {
        '〇' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    })
}

/// In ASCII or full width.
pub(super) fn digit(letter: char) -> Option<u32> {
    match letter {
        '0'..='9' => Some(letter as u32 - '0' as u32),
        '０'..='９' => Some(letter as u32 - '０' as u32),
        _ => None,
    }
}

/// A letter of any script; the small letters of `nº 5` and `5ª` are signs here.
pub(super) fn is_letter(letter: char) -> bool {
    match letter {
        // The usual ones first: asking Unicode's tables is dear.
        'À'..='Ö'
        | 'Ø'..='ö'
        | 'ø'..='ɏ'
        | 'а'..='я'
        | 'А'..='Я'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ヺ'
        | 'ー'
        | '\u{4e00}'..='\u{9fff}'
        | '가'..='힣' => true,
        'º' | 'ª' => false,
        _ => letter.is_alphabetic(),
    }
}

/// Combining marks and the like belong to the letter before.
pub(super) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}
