/** The id of the one row. */
export const INSTALLATION_SETTINGS = 'installation';
