namespace WsCore.Redis.Link;

/// <summary>A script of this package, from the file of its name.</summary>
/// <remarks>
/// Immutable. It is run only on the server it was prepared for (<see cref="IRedisLink.RunAsync"/>): before its text the link puts what it knows of that server, as locals:
/// <c>INCARNATION</c> (a number, one more with each server process that has served this data), <c>CUT</c> (the newest incarnation before which messages may have been lost: what was written
/// by an older one is of an older epoch), <c>BASE</c> (text that begins every epoch since the cut; new with each cut and when the data was wiped),
/// <c>PREFIX</c> (of every key and channel), and <c>now()</c> (Unix milliseconds by Redis' clock, an integer).
/// </remarks>
internal sealed class LuaScript
{
    private LuaScript(string name, string text) => (Name, Text) = (name, text);

    public string Name { get; }

    public string Text { get; }

    /// <param name="name">Of the file, without <c>.lua</c>.</param>
    /// <param name="common">Of a file that comes before it: what several scripts have in common.</param>
    public static LuaScript Load(string name, string common) => new(name, Load(common).Text + "\n" + Load(name).Text);

    /// <param name="name">Of the file, without <c>.lua</c>.</param>
    public static LuaScript Load(string name)
    {
        using var stream = typeof(LuaScript).Assembly.GetManifestResourceStream($"WsCore.Redis.{name}.lua") ?? throw new ArgumentException($"There is no script {name}.lua.", nameof(name));
        using var reader = new StreamReader(stream);
        return new LuaScript(name, reader.ReadToEnd());
    }

    /// <summary>One that is in no file, for tests.</summary>
    public static LuaScript From(string name, string text) => new(name, text);
}
