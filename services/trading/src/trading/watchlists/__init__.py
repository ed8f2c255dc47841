"""Lists of assets that an account's owner keeps an eye on."""
