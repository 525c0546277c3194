package org.candor.template.internal;

/** Text that is HTML already: it is not escaped again, and text that is joined to it is escaped. */
record Markup(String text) {

    /** HTML's five characters as markupsafe writes them. */
    static Markup escape(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&#34;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
        return new Markup(html.toString());
    }

    /** Text escaped, or as it is if it is HTML already. */
    static Markup of(Object value, Budget budget) {
        return value instanceof Markup markup ? markup : escape(Printer.text(value, budget));
    }
}
