using System.Globalization;

namespace WsCore.LoadTests.Reporting;

/// <summary>What a figure is counted in, and how it is written.</summary>
internal sealed class Unit
{
    private readonly (string Name, double Scale)[] _names;

    private Unit(params (string, double)[] names) => _names = names;

    /// <summary>Microseconds.</summary>
    public static Unit Time { get; } = new(("µs", 1), ("us", 1), ("ms", 1e3), ("s", 1e6));

    /// <summary>Bytes.</summary>
    public static Unit Bytes { get; } = new(("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9));

    /// <summary>Hundredths.</summary>
    public static Unit Percent { get; } = new(("%", 1));

    /// <summary>A number of things.</summary>
    public static Unit Count { get; } = new(("", 1));

    /// <summary>How values may be written.</summary>
    public string Forms => this == Count ? "a plain number" : $"a number with {string.Join(" or ", _names.Select(name => name.Name))}";

    /// <summary>What a unit's name multiplies with.</summary>
    public bool TryScale(string name, out double scale)
    {
        scale = _names.FirstOrDefault(known => known.Name == name).Scale;
        return scale > 0;
    }

    /// <summary>A value for people: three digits that count, with the unit that suits.</summary>
    public string Format(double value)
    {
        var (name, scale) = _names.Where(known => known.Name != "us").LastOrDefault(known => Math.Abs(value) >= known.Scale, _names[0]);
        var scaled = value / scale;
        var text = this == Count && scaled == Math.Floor(scaled) ? scaled.ToString("#,0", CultureInfo.InvariantCulture)
            : Math.Abs(scaled) >= 100 ? scaled.ToString("#,0", CultureInfo.InvariantCulture)
            : Math.Abs(scaled) >= 10 ? scaled.ToString("0.#", CultureInfo.InvariantCulture)
            : scaled.ToString("0.##", CultureInfo.InvariantCulture);
        return name.Length == 0 ? text : $"{text} {name}";
    }
}
