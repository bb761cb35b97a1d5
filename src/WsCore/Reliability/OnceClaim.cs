namespace WsCore.Reliability;

/// <summary>What became of a claim.</summary>
/// <param name="Outcome">Which case it is.</param>
/// <param name="Answer">Of the first request, where it is a duplicate.</param>
internal readonly record struct OnceClaim(OnceOutcome Outcome, ReadOnlyMemory<byte> Answer = default);
