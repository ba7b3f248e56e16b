package chat.parley.letters;

import java.util.List;

/** Some letters, and the id to go on after; null where there are no more. */
public record LetterPage(List<Letter> items, String next) {}
