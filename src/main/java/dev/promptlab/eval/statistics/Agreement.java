package dev.promptlab.eval.statistics;

/// How far two raters of the same rows agree: a judge and a person, say.
///
/// @param rows how many both have rated
/// @param rate share of rows with the same label, 0 to 1
/// @param kappa Cohen's: 0 = no more than by chance, 1 = always; 0 when chance alone explains everything
public record Agreement(int rows, double rate, double kappa) {

    /// Of passes and failures.
    ///
    /// @param bothPass rows that both let pass
    /// @param onlyFirst rows that only the first rater lets pass
    /// @param onlySecond rows that only the second lets pass
    /// @param bothFail rows that neither lets pass
    public static Agreement of(int bothPass, int onlyFirst, int onlySecond, int bothFail) {
        var rows = bothPass + onlyFirst + onlySecond + bothFail;
        if (rows == 0) {
            return new Agreement(0, 0, 0);
        }
        var n = (double) rows;
        var rate = (bothPass + bothFail) / n;
        var first = (bothPass + onlyFirst) / n;
        var second = (bothPass + onlySecond) / n;
        var byChance = first * second + (1 - first) * (1 - second);
        return new Agreement(rows, rate, byChance == 1 ? 0 : (rate - byChance) / (1 - byChance));
    }
}
