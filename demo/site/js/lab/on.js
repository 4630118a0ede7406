/** Run an action each time that a button of the lab is pressed. */
export const onPress = (id, action) => document.getElementById(id).addEventListener('click', action)
