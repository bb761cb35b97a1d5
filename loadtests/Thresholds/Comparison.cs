namespace WsCore.LoadTests.Thresholds;

/// <summary>How a figure is compared with a limit.</summary>
internal enum Comparison
{
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}
