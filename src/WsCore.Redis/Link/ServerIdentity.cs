namespace WsCore.Redis.Link;

/// <summary>A server process as the key <see cref="Keys.RedisKeys.Server"/> knows it, and what follows for what was written before it.</summary>
/// <param name="RunId">Redis' own, new with each start of its process.</param>
/// <param name="Incarnation">One more with each server process that has served this data.</param>
/// <param name="Cut">The newest incarnation before which messages may have been lost.</param>
/// <param name="Base">Text that begins every epoch since the cut.</param>
internal sealed record ServerIdentity(string RunId, long Incarnation, long Cut, string Base)
{
    /// <summary>What scripts compare with the field <c>id</c> of the key: it is another one when Redis was wiped, when another process has come, or when somebody knew better.</summary>
    public string Id => $"{RunId}:{Incarnation}";
}
