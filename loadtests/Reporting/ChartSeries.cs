namespace WsCore.LoadTests.Reporting;

/// <summary>A line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">Second and value; a value that is missing interrupts the line.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double? Y)> Points)
{
    /// <summary>At most so many points: of neighbours the highest, so that no peak is lost.</summary>
    public IReadOnlyList<(double X, double? Y)> Thinned(int most)
    {
        if (Points.Count <= most)
        {
            return Points;
        }

        var size = (int)Math.Ceiling((double)Points.Count / most);
        return [.. Points.Chunk(size).Select(chunk => chunk.MaxBy(point => point.Y ?? double.MinValue))];
    }
}
