namespace WsCore.LoadTests.Reporting;

/// <summary>The results of a run by name, in the order in which they were told.</summary>
internal sealed class FigureSet
{
    private readonly List<Figure> _figures = [];

    public IReadOnlyList<Figure> All => _figures;

    /// <summary>Tells a figure; its unit is that of its name.</summary>
    public void Add(string name, double value)
    {
        _figures.RemoveAll(figure => figure.Name == name);
        _figures.Add(new Figure(name, value, FigureNames.UnitOf(name)));
    }

    public Figure? Find(string name) => _figures.Find(figure => figure.Name == name);
}
