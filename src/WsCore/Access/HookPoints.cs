namespace WsCore.Access;

/// <summary>The methods of <see cref="Hooks"/> that a class overrides: what nobody listens to costs nothing.</summary>
[Flags]
internal enum HookPoints
{
    None = 0,
    Opening = 1,
    Joining = 2,
    Broadcasting = 4,
    Calling = 8,
    Delivered = 16,
    Closed = 32,
    GivenUp = 64,
}
