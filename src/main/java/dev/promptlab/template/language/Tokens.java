package dev.promptlab.template.language;

import java.util.List;

import dev.promptlab.template.language.Token.Kind;

/// The tokens of a template and the place of reading.
final class Tokens {
    private final String source;
    private final List<Token> tokens;
    private int at;

    Tokens(String source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekSecond() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        var token = peek();
        if (!token.is(Kind.END)) {
            at++;
        }
        return token;
    }

    /// Takes the symbol if it is next.
    boolean accept(String symbol) {
        if (peek().isSymbol(symbol)) {
            at++;
            return true;
        }
        return false;
    }

    /// Takes the word if it is next.
    boolean acceptName(String name) {
        if (peek().isName(name)) {
            at++;
            return true;
        }
        return false;
    }

    Token expect(Kind kind, String what) {
        if (!peek().is(kind)) {
            throw error(peek(), "expected " + what + " but found " + peek().shown());
        }
        return next();
    }

    void expectSymbol(String symbol) {
        if (!accept(symbol)) {
            throw error(peek(), "expected \"" + symbol + "\" but found " + peek().shown());
        }
    }

    void expectName(String name) {
        if (!acceptName(name)) {
            throw error(peek(), "expected \"" + name + "\" but found " + peek().shown());
        }
    }

    TemplateSyntaxException error(Token token, String problem) {
        return new TemplateSyntaxException(Position.of(source, token.offset()), problem);
    }
}
