namespace WsCore.Reliability;

/// <summary>What became of a claim.</summary>
/// <param name="Outcome">Which case it is.</param>
/// <param name="Answer">Of the first request, where it is a duplicate.</param>
/// <param name="Token">Of this claim, where it is the first and the store gives them; an append of the same request carries it (<see cref="History.OnceCommit"/>).</param>
internal readonly record struct OnceClaim(OnceOutcome Outcome, ReadOnlyMemory<byte> Answer = default, string Token = "");
