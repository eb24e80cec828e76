/** The id of the one row of InstallationSettings. */
export const INSTALLATION_SETTINGS = 'installation';
