// Must not compile in the page's environment: there is no Node in a browser.
export const platform = process.platform;
